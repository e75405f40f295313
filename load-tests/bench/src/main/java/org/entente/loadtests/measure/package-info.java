/**
 * How throughput and latency are measured, whatever it is that messages go through. Used by the
 * benchmark and, on class paths of their own, by the baselines beside it: depends on the JDK and on
 * HdrHistogram only.
 */
@NullMarked
package org.entente.loadtests.measure;

import org.jspecify.annotations.NullMarked;
