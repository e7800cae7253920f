"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "09_normalization: The idea": [
        "batchnorm_forward",
        "batchnorm_backward",
        "batchnorm_grad_x",
        "spatial_batchnorm_forward",
        "spatial_batchnorm_backward",
    ],
    "09_normalization: The family": [
        "layernorm_forward",
        "layernorm_backward",
        "instancenorm_forward",
        "instancenorm_backward",
        "groupnorm_forward",
        "groupnorm_backward",
        "weight_standardize_forward",
        "weight_standardize_backward",
        "local_response_norm",
        "hunt_standardize",
    ],
    "09_normalization: Folding it away": ["fold_batchnorm", "batchnorm_param_count"],
    "09_normalization: Inference: the running averages": ["quiz_1"],
    "09_normalization: The price: a batch is needed": ["quiz_2"],
}
