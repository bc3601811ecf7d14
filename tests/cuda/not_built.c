/* not_built.c - stands for the tests of the CUDA backend where the toolkit is missing. */
#include <stdio.h>

int main(void)
{
    printf("skipped: no CUDA toolkit (nvcc and cuda.h) was found, so there is no CUDA backend\n");
    return 77;
}
