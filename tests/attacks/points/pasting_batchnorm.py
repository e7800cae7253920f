# family: pasting
# exercise: normalization/spatial_batchnorm_backward
# tries: the layers that the capstone gives, every name changed
@GIVEN@


spatial_batchnorm_forward, spatial_batchnorm_backward = my_spatial_batchnorm_forward, my_send_back
