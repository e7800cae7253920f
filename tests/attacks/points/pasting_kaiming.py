# family: pasting
# exercise: initializers/kaiming_normal
# tries: the layers that the capstone gives, every name changed
@GIVEN@


kaiming_normal = my_kaiming_normal
