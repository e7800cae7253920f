"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "10_dropout: The component at work": ["vanilla_dropout", "dropout"],
    "10_dropout: The forgotten mode": ["hunt_attention_dropout", "quiz_1"],
    "11_residual: The idea": ["residual_forward", "residual_backward"],
    "11_residual: What adding does to the variance": ["residual_block", "quiz_2"],
    "11_residual: Joining instead of adding": ["concat_channels"],
}
