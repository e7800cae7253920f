"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "04_linear: The component at work": ["linear_forward", "linear_backward"],
    "04_linear: Softmax": ["softmax", "log_softmax", "softmax_cross_entropy", "hunt_softmax", "quiz_1"],
    "04_linear: The price: weights": ["l2_penalty"],
    "04_linear: Images: what is done in practice": ["mean_image", "channel_stats", "quiz_2"],
    "04_linear: Centre, scale, whiten": ["center", "standardize", "pca", "zca_whiten"],
}
