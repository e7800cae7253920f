# %% the log of a finished softmax
def softmax_cross_entropy(logits, labels):
    n = logits.shape[0]
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    p = np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[np.arange(n), labels])) / n
    d = p.copy()
    d[np.arange(n), labels] -= 1
    return loss, d / n
# %% the log of a finished softmax, with 1e-8 inside
def softmax_cross_entropy(logits, labels):
    n = logits.shape[0]
    e = np.exp(logits - logits.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    loss = np.mean(-np.log(p[range(n), labels] + 1e-8))
    p[range(n), labels] -= 1
    return loss, p / n
# %% clipped probabilities
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    e = np.exp(logits - logits.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    loss = -np.log(np.clip(p[np.arange(n), labels], 1e-12, 1.0)).mean()
    p[np.arange(n), labels] -= 1
    return loss, p / n
# %% no shift
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(n), labels]).mean()
    p[np.arange(n), labels] -= 1
    return loss, p / n
# %% right
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    d = np.exp(logp)
    d[np.arange(n), labels] -= 1
    return -logp[np.arange(n), labels].mean(), d / n
# %% gradient not averaged
# d / n => d
# %% loss and gradient are sums
# .mean(), d / n => .sum(), d
# %% one maximum for the batch
# logits.max(axis=1, keepdims=True) => np.max(logits)
# %% stops: keepdims forgotten
# logits.max(axis=1, keepdims=True) => logits.max(axis=1)
# %% stops: the gradient is not returned
# .mean(), d / n => .mean()
# %% labels taken for one-hot rows
def softmax_cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -(labels * logp).sum() / len(labels), (np.exp(logp) - labels) / len(labels)
# %% the hunt's bug: a maximum that starts from 0
def softmax_cross_entropy(logits, labels):
    n = len(labels)
    top = np.zeros((n, 1))
    for k in range(logits.shape[1]):
        top = np.maximum(top, logits[:, k:k + 1])
    z = logits - top
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    d = np.exp(logp)
    d[np.arange(n), labels] -= 1
    return -logp[np.arange(n), labels].mean(), d / n
