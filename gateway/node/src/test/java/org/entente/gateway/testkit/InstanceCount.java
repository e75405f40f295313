package org.entente.gateway.testkit;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Counts the instances that work makes, by class: each parsed message is one of its class. The
 * virtual machine's histogram has dead objects too, so the count is exact as long as no garbage is
 * collected meanwhile; otherwise the work is repeated. All threads count, so the work waits for
 * those that it uses.
 */
public final class InstanceCount {
  /** How often work is done at most. */
  public static final int ATTEMPTS = 5;

  private final Map<String, Long> made;

  private InstanceCount(Map<String, Long> made) {
    this.made = made;
  }

  /** Does the work, once unless garbage is collected while it lasts. */
  public static InstanceCount of(Runnable work) {
    for (int i = 0; i < ATTEMPTS; i++) {
      System.gc();
      long collections = collections();
      String before = histogram();
      work.run();
      String after = histogram();
      if (collections() == collections) {
        Map<String, Long> made = instances(after);
        instances(before).forEach((type, count) -> made.merge(type, -count, Long::sum));
        return new InstanceCount(made);
      }
    }
    throw new AssertionError("garbage was collected in each of " + ATTEMPTS + " attempts");
  }

  /** How many instances of a class were made, not of its subclasses. */
  public long made(Class<?> type) {
    return made.getOrDefault(type.getName(), 0L);
  }

  /** The names of the classes of which at least so many instances were made. */
  public List<String> madeAtLeast(long count) {
    return made.entrySet().stream()
        .filter(entry -> entry.getValue() >= count)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static String histogram() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[] {"-all"}},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new AssertionError("this virtual machine counts no instances", e);
    }
  }

  /** Lines are "rank: instances bytes class", with a module behind some. */
  private static Map<String, Long> instances(String histogram) {
    Map<String, Long> instances = new HashMap<>();
    histogram
        .lines()
        .map(StringTokenizer::new)
        .filter(words -> words.countTokens() >= 4 && words.nextToken().endsWith(":"))
        .forEach(
            words -> {
              long count = Long.parseLong(words.nextToken());
              words.nextToken();
              instances.merge(words.nextToken(), count, Long::sum);
            });
    return instances;
  }
}
