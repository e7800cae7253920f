"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "06_pooling: The component at work": [
        "maxpool2d_forward",
        "maxpool2d_backward",
        "avgpool2d_forward",
        "avgpool2d_backward",
        "hunt_maxpool_backward",
    ],
    "06_pooling: Global average pooling": ["global_avg_pool_forward", "global_avg_pool_backward"],
    "06_pooling: Dilated convolution": ["dilated_conv_forward", "dilated_conv_backward"],
    "06_pooling: Transposed convolution": ["conv2d_transpose_forward", "conv2d_transpose_backward"],
    "06_pooling: Separable convolution": [
        "depthwise_conv_forward",
        "depthwise_conv_backward",
        "pointwise_conv",
        "separable_conv",
        "quiz_2",
    ],
    "06_pooling: The receptive field": ["receptive_field", "quiz_1"],
}
