# The shipped build: `npm install` without a prebuild, and prebuildify. CMakeLists.txt is the developer's build.
# Sources and flags are listed in native/build.json only.
{
  "includes": ["native/build.json"],
  "variables": {"blas%": "<!(node -p \"process.env.DYNGRAD_BLAS || (process.platform === 'darwin' ? 'accelerate' : 'none')\")"},
  "target_defaults": {
    "include_dirs": ["native"],
    "configurations": {"Release": {"defines": ["NDEBUG"]}},
    "xcode_settings": {
      "OTHER_CPLUSPLUSFLAGS": ["<@(common_flags)"],
      "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
      "CLANG_CXX_LIBRARY": "libc++",
      "GCC_OPTIMIZATION_LEVEL": "3",
      "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
      "MACOSX_DEPLOYMENT_TARGET": "11.0",
    },
    # clang-cl, since the kernels use vector extensions that MSVC lacks.
    "msbuild_toolset": "ClangCL",
    "msvs_settings": {
      "VCCLCompilerTool": {
        "Optimization": "2",
        "AdditionalOptions": ["/std:c++20", "/clang:-ffp-contract=off", "/clang:-fno-strict-aliasing"],
      },
    },
  },
  "targets": [
    {
      "target_name": "dyngrad",
      "sources": ["<@(addon_sources)"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["<@(addon_defines)"],
      "cflags_cc!": ["-fno-exceptions"],
      "cflags_cc": ["<@(common_flags)", "<@(addon_flags)"],
      "xcode_settings": {
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "OTHER_LDFLAGS": ["-Wl,-dead_strip"],
      },
      "msvs_settings": {"VCCLCompilerTool": {"ExceptionHandling": 1}},
      "conditions": [
        ["target_arch=='x64'", {"dependencies": ["kernels_baseline", "kernels_avx2", "kernels_avx512"]}],
        ["target_arch=='arm64'", {"dependencies": ["kernels_neon"]}],
        ["blas=='openblas'", {"defines": ["DYNGRAD_BLAS", "DYNGRAD_BLAS_OPENBLAS"], "libraries": ["-lopenblas"]}],
        ["blas=='mkl'", {"defines": ["DYNGRAD_BLAS", "DYNGRAD_BLAS_MKL"], "libraries": ["-lmkl_rt"]}],
        [
          "blas=='accelerate'",
          {"defines": ["DYNGRAD_BLAS", "DYNGRAD_BLAS_ACCELERATE"], "libraries": ["-framework Accelerate"]},
        ],
        # make runs in build/, hence the `..`.
        ["OS=='linux'", {"ldflags": ["<@(linux_link_flags)", "-Wl,--version-script=../native/exports.map"]}],
      ],
    },
  ],
  "conditions": [
    [
      "target_arch=='x64'",
      {
        "targets": [
          {
            "target_name": "kernels_baseline",
            "type": "static_library",
            "sources": ["<@(kernel_sources)"],
            "defines": ["KERNEL_NS=baseline"],
            "cflags_cc": ["<@(common_flags)", "<@(kernel_flags)", "<@(baseline_flags)"],
            "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(kernel_flags)", "<@(baseline_flags)"]},
            "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["<@(baseline_flags)"]}},
          },
          {
            "target_name": "kernels_avx2",
            "type": "static_library",
            "sources": ["<@(kernel_sources)"],
            "defines": ["KERNEL_NS=avx2"],
            "cflags_cc": ["<@(common_flags)", "<@(kernel_flags)", "<@(avx2_flags)"],
            "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(kernel_flags)", "<@(avx2_flags)"]},
            "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["<@(avx2_flags)"]}},
          },
          {
            "target_name": "kernels_avx512",
            "type": "static_library",
            "sources": ["<@(kernel_sources)"],
            "defines": ["KERNEL_NS=avx512"],
            "cflags_cc": ["<@(common_flags)", "<@(kernel_flags)", "<@(avx512_flags)"],
            "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(kernel_flags)", "<@(avx512_flags)"]},
            "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["<@(avx512_flags)"]}},
          },
        ],
      },
    ],
    [
      "target_arch=='arm64'",
      {
        "targets": [
          {
            "target_name": "kernels_neon",
            "type": "static_library",
            "sources": ["<@(kernel_sources)"],
            "defines": ["KERNEL_NS=neon"],
            "cflags_cc": ["<@(common_flags)", "<@(kernel_flags)", "<@(neon_flags)"],
            "xcode_settings": {"OTHER_CPLUSPLUSFLAGS": ["<@(kernel_flags)", "<@(neon_flags)"]},
            "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["<@(neon_flags)"]}},
          },
        ],
      },
    ],
  ],
}
