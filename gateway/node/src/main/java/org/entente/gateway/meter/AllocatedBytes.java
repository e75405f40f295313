package org.entente.gateway.meter;

import com.sun.management.ThreadMXBean;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes that Java threads allocated, read at each scrape. The collector's own counts only grow when
 * it runs, which is too coarse for the cost of a message. What a thread allocates between the last
 * scrape and its end is missing.
 */
final class AllocatedBytes extends Collector {
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private Map<Long, Long> known = new HashMap<>();
  private long ended;

  @Override
  public synchronized List<MetricFamilySamples> collect() {
    long[] ids = threads.getAllThreadIds();
    long[] bytes = threads.getThreadAllocatedBytes(ids);
    Map<Long, Long> running = new HashMap<>();
    for (int i = 0; i < ids.length; i++) {
      // A thread that ended since it was listed has none, and counts as ended.
      if (bytes[i] >= 0) {
        running.put(ids[i], bytes[i]);
      }
    }
    known.keySet().removeAll(running.keySet());
    ended += sum(known);
    known = running;
    return List.of(
        new CounterMetricFamily(
            "jvm_threads_allocated_bytes",
            "Bytes allocated on the heap by Java threads.",
            ended + sum(running)));
  }

  private static long sum(Map<Long, Long> bytes) {
    return bytes.values().stream().mapToLong(one -> one).sum();
  }
}
