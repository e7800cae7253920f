# family: differences
# exercise: neurons/two_layer_backward
# tries: finite differences of one's own forward pass
import numpy as np
@FORWARD@
@DIFFERENCES 5@
