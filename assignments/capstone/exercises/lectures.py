"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "12_network: A network in one line": ["expand_pattern", "build_cnn"],
    "12_network: The recipe of AlexNet": ["train_step", "train_cnn", "my_parts", "quiz_3"],
    "12_network: Inside, while it learns": ["evaluate", "hunt_accuracy", "quiz_2"],
    "10_dropout: The forgotten mode": ["quiz_1"],
}
