"""Where the lectures explain what each exercise asks for."""

LECTURES = {
    "07_optimizer: One weight, twenty terms": ["sgd", "weight_decay", "confusion_region"],
    "07_optimizer: Three momentums": ["momentum", "momentum_ema", "ema_to_classical_rate", "quiz_1"],
    "07_optimizer: Nesterov: look before you step": ["nesterov"],
    "07_optimizer: A rate for each weight": ["adagrad", "rmsprop", "adam", "hunt_adam_step", "quiz_2"],
    "07_optimizer: Schedules": ["step_schedule", "plateau_schedule"],
}
