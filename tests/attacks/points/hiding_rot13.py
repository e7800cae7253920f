# family: hiding
# exercise: activations/relu_forward
# tries: to be run from an alphabet that is turned by 13
import codecs

exec(codecs.decode("""@ROT13@""", "rot13"))
relu_forward = my_relu_forward
