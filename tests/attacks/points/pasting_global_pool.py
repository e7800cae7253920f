# family: pasting
# exercise: pooling/global_avg_pool_forward
# tries: the layers that the capstone gives, every name changed
@GIVEN@


global_avg_pool_forward = my_global_avg_pool_forward
