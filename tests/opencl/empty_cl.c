/* empty_cl.c - a libOpenCL.so.1 that has nothing of OpenCL. */

int empty_cl(void);

int empty_cl(void)
{
    return 0;
}
