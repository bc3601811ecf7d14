/* backend_empty.c - a library with the name of a plug-in that has nothing of one. */
int backend_empty_unused(void);
int backend_empty_unused(void)
{
    return 0;
}
