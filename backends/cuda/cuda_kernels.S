/* cuda_kernels.S - the fat binary of all kernels, as data. TANDEM_FATBIN is its path. */
    .section .rodata
    .balign 64
    .globl cuda_kernels
    .hidden cuda_kernels
cuda_kernels:
    .incbin TANDEM_FATBIN
    .balign 64
    .section .note.GNU-stack, "", %progbits
