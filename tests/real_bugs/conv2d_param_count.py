# %% the bias once
def conv2d_param_count(in_channels, out_channels, kernel, bias=True):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    return in_channels * out_channels * kh * kw + (1 if bias else 0)
# %% a bias for each weight's channel
def conv2d_param_count(in_channels, out_channels, kernel, bias=True):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    return in_channels * out_channels * kh * kw + in_channels * bias
# %% always with bias
def conv2d_param_count(in_channels, out_channels, kernel, bias=True):
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    return (in_channels * kh * kw + 1) * out_channels
# %% one side of the kernel
def conv2d_param_count(in_channels, out_channels, kernel, bias=True):
    k = kernel if isinstance(kernel, int) else kernel[0]
    return in_channels * out_channels * k + out_channels * bias
