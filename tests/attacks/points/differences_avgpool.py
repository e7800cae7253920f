# family: differences
# exercise: pooling/avgpool2d_backward
# tries: finite differences of one's own forward pass
import numpy as np
@FORWARD@
@DIFFERENCES 1@
