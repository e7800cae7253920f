# family: hiding
# exercise: activations/relu_forward
# tries: to be run from base64
import base64

exec(base64.b64decode("@BASE64@"))
relu_forward = my_relu_forward
