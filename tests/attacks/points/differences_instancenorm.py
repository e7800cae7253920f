# family: differences
# exercise: normalization/instancenorm_backward
# tries: finite differences of one's own forward pass
import numpy as np
@FORWARD@
@DIFFERENCES 3@
