/*
 * What the kernel is compared with where FFTW is installed: single precision, planned with FFTW_MEASURE, the same work from the
 * same time-major int16 samples. Sixteen channels are gathered at once, window and scale go with it, levels by a polynomial
 * that the compiler turns into vector code.
 * Reads lines "NFFT MILLISECONDS", answers each with transforms a second of the processor.
 */
#include <fftw3.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Strips are a little longer than a power of two, so that they do not share cache sets. */
enum { channels = 64, tile = 16, padding = 16 };

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void levels(const float *restrict spectrum, float *restrict row, int bins) {
  for (int k = 0; k < bins; k++) {
    float re = spectrum[2 * k], im = spectrum[2 * k + 1];
    float power = re * re + im * im;
    power = power > 1e-30f ? power : 1e-30f;
    int32_t bits;
    memcpy(&bits, &power, 4);
    int32_t mantissaBits = (bits & 0x7fffff) | 0x3f800000;
    float m;
    memcpy(&m, &mantissaBits, 4);
    float level = 0.1350830271332875f * m - 1.2539816498003686f;
    level = level * m + 4.910247059372711f;
    level = level * m - 10.688951798063016f;
    level = level * m + 12.317276884453683f;
    level = level * m - 5.419635777714077f;
    row[k] = level + (float)(bits - 0x3f800000) * 3.588557191657796e-7f;
  }
}

int main(void) {
  int nfft, milliseconds, plannedFor = 0;
  int16_t *samples = NULL;
  float *window = NULL, *input = NULL, *spectrum = NULL, *rows = NULL;
  fftwf_plan plan = NULL;
  while (scanf("%d %d", &nfft, &milliseconds) == 2) {
    int bins = nfft / 2 + 1;
    if (nfft != plannedFor) {
      plannedFor = nfft;
      samples = malloc(sizeof(int16_t) * nfft * channels);
      window = malloc(sizeof(float) * nfft);
      input = fftwf_malloc(sizeof(float) * tile * (nfft + padding));
      spectrum = fftwf_malloc(sizeof(float) * 2 * (bins + 1));
      rows = malloc(sizeof(float) * channels * bins);
      for (long i = 0; i < (long)nfft * channels; i++) samples[i] = 8000 * sin(fmod((double)i * i * 0.37, 6.283185307179586));
      for (int n = 0; n < nfft; n++) window[n] = 0.01f * (0.5f - 0.5f * cosf(6.2831853f * n / nfft));
      plan = fftwf_plan_dft_r2c_1d(nfft, input, (fftwf_complex *)spectrum, FFTW_MEASURE);
    }
    double start = now(CLOCK_MONOTONIC), startCpu = now(CLOCK_THREAD_CPUTIME_ID);
    long calls = 0;
    do {
      for (int first = 0; first < channels; first += tile) {
        for (int n = 0; n < nfft; n++)
          for (int c = 0; c < tile; c++) input[c * (long)(nfft + padding) + n] = samples[n * (long)channels + first + c] * window[n];
        for (int c = 0; c < tile; c++) {
          fftwf_execute_dft_r2c(plan, input + c * (long)(nfft + padding), (fftwf_complex *)spectrum);
          levels(spectrum, rows + (long)(first + c) * bins, bins);
        }
      }
      calls++;
    } while ((now(CLOCK_MONOTONIC) - start) * 1000 < milliseconds);
    printf("%.1f\n", calls * channels / (now(CLOCK_THREAD_CPUTIME_ID) - startCpu));
    fflush(stdout);
  }
  return 0;
}
