def run(program, inputs):
    v, links = [float(i) for i in inputs], [[] for _ in inputs]
    for op, i, *r in program:
        a = v[i]
        if op == "pow":
            v.append(a ** r[0]), links.append([(i, r[0] * a ** (r[0] - 1))])
        elif op in ("add", "sub"):
            s = 1 if op == "add" else -1
            v.append(a + s * v[r[0]]), links.append([(i, 1), (r[0], s)])
        elif op == "mul":
            v.append(a * v[r[0]]), links.append([(i, v[r[0]]), (r[0], a)])
        elif op == "div":
            b = v[r[0]]
            v.append(a / b), links.append([(i, 1 / b), (r[0], -a / b / b)])
        elif op == "neg":
            v.append(-a), links.append([(i, -1)])
        elif op == "relu":
            v.append(max(a, 0.0)), links.append([(i, float(a > 0))])
        elif op == "log":
            v.append(np.log(a)), links.append([(i, 1 / a)])
        else:
            y = np.tanh(a) if op == "tanh" else np.exp(a)
            v.append(y), links.append([(i, 1 - y * y if op == "tanh" else y)])
    return v, links
# %% right
def tape_gradient(program, inputs):
    v, links = run(program, inputs)
    g = [0.0] * len(v)
    g[-1] = 1.0
    for k in reversed(range(len(v))):
        for i, d in links[k]:
            g[i] += g[k] * d
    return float(v[-1]), np.array(g[:len(inputs)])
# %% = where += belongs
# g[i] += => g[i] =
# %% forwards through the list
# reversed(range(len(v))) => range(len(v))
# %% the last gradient is never set to one
# g[-1] = 1.0 =>
# %% slopes alone, without the chain rule
# g[k] * d => d
# %% factors exchanged in a product
# g[k] * d => g[k] * (v[i] if k >= len(inputs) and program[k - len(inputs)][0] == "mul" else d)
# %% the hunt's bug: a running sum of more than four parts
def tape_gradient(program, inputs):
    v, links = run(program, inputs)
    got = [[] for _ in v]
    got[-1] = [1.0]
    for k in reversed(range(len(v))):
        if len(got[k]) <= 4:
            total = sum(got[k])
        else:
            total, running = 0.0, 0.0
            for part in got[k]:
                running += part
                total += running
        got[k] = total
        for i, d in links[k]:
            got[i].append(total * d)
    return float(v[-1]), np.array(got[:len(inputs)])
# %% stops: only the inputs have room
# [0.0] * len(v) => [0.0] * len(inputs)
