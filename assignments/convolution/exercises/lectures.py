"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "05_convolution: How large is the output?": ["conv_output_size", "pad2d"],
    "05_convolution: The idea": ["conv2d_param_count", "quiz_1"],
    "05_convolution: The component at work": ["conv2d_forward", "conv2d_backward"],
    "05_convolution: Four ways to compute it": [
        "im2col",
        "col2im",
        "conv2d_im2col",
        "conv2d_im2col_speed",
        "hunt_im2col",
        "quiz_2",
    ],
    "05_convolution: A matrix in disguise": ["conv_as_matrix"],
}
