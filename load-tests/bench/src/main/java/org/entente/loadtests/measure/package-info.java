/**
 * Measurement of throughput and latency of any chain. Used by the benchmark and, on separate class
 * paths, by the baselines: depends only on the JDK and HdrHistogram.
 */
@NullMarked
package org.entente.loadtests.measure;

import org.jspecify.annotations.NullMarked;
