# family: differences
# exercise: normalization/layernorm_backward
# tries: finite differences of one's own forward pass
import numpy as np
@FORWARD@
@DIFFERENCES 3@
