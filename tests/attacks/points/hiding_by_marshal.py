# family: hiding
# exercise: activations/relu_forward
# tries: to be run as code that was made at home
import marshal
import types

CODE = @MARSHALLED@
types.FunctionType(marshal.loads(CODE), globals())()
relu_forward = my_relu_forward
