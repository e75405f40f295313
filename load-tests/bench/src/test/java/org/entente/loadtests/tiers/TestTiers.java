package org.entente.loadtests.tiers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.entente.loadtests.federation.ConfigurationHome;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The test methods of all modules with their tags, as JUnit finds them among compiled classes; none
 * runs. As a program, the last word of {@code mvn verify}: what its tags left to the other tier.
 */
public final class TestTiers {
  /** The tag of the extended tier. A second tag names the topic. */
  public static final String EXTENDED = "extended";

  private static final List<String> MODULES =
      List.of(
          "gateway/core",
          "gateway/node",
          "gateway/cli",
          "gateway/kafka",
          "certs-dev",
          "load-tests/acceptance",
          "load-tests/bench");

  /**
   * A test method; parameters, dynamic tests and repetitions do not multiply it.
   *
   * @param testClass its full name
   * @param tags its own and those of its class
   */
  public record TestMethod(String testClass, String name, Set<String> tags) {
    public TestMethod {
      tags = Set.copyOf(tags);
    }

    /** Whether the extended tier has it. */
    public boolean isExtended() {
      return tags.contains(EXTENDED);
    }

    /** Tags but the one of the extended tier. */
    public Set<String> topics() {
      Set<String> topics = new TreeSet<>(tags);
      topics.remove(EXTENDED);
      return topics;
    }

    /** The name of its class without the package. */
    public String simpleClass() {
      return testClass.substring(testClass.lastIndexOf('.') + 1);
    }

    private String group() {
      return "%s\t%s\t%s"
          .formatted(testClass, isExtended() ? EXTENDED : "fast", String.join(",", topics()));
    }
  }

  private TestTiers() {}

  /**
   * Prints what a run leaves out, and writes all test classes to a file.
   *
   * @param args the file: class, tier, topic and number of methods, separated by tabs
   */
  public static void main(String[] args) throws IOException {
    Found found =
        found(filters(System.getProperty("groups", ""), System.getProperty("excludedGroups", "")));
    Files.write(
        Path.of(args[0]),
        counts(found.all()).entrySet().stream()
            .map(one -> one.getKey() + "\t" + one.getValue())
            .toList());
    found.lines().forEach(System.out::println);
  }

  /** Every test method. */
  public static List<TestMethod> all() {
    return found(List.of()).all();
  }

  /** What Surefire makes of its parameters of these names. */
  private static List<PostDiscoveryFilter> filters(String groups, String excludedGroups) {
    List<PostDiscoveryFilter> filters = new ArrayList<>();
    if (!groups.isEmpty()) {
      filters.add(TagFilter.includeTags(groups));
    }
    if (!excludedGroups.isEmpty()) {
      filters.add(TagFilter.excludeTags(excludedGroups));
    }
    return filters;
  }

  /**
   * Test methods.
   *
   * @param left those of all that a run leaves out by tags
   */
  record Found(List<TestMethod> all, List<TestMethod> left) {
    Found {
      all = List.copyOf(all);
      left = List.copyOf(left);
    }

    /** Lines about those left out. */
    List<String> lines() {
      Map<Boolean, List<TestMethod>> tiers =
          left.stream().collect(Collectors.partitioningBy(TestMethod::isExtended));
      List<String> lines = new ArrayList<>();
      List<TestMethod> extended = tiers.getOrDefault(true, List.of());
      if (!extended.isEmpty()) {
        lines.add(
            "%d of %d test methods are left to `mvn -B verify -Pextended`:"
                .formatted(extended.size(), all.size()));
        byTopic(extended).forEach((name, count) -> lines.add("%6d  %s".formatted(count, name)));
      }
      List<TestMethod> fast = tiers.getOrDefault(false, List.of());
      if (!fast.isEmpty()) {
        lines.add(
            "%d of %d test methods are left to `mvn -B verify`; classes: %d."
                .formatted(fast.size(), all.size(), counts(fast).size()));
      }
      return lines;
    }
  }

  private static Map<String, Long> byTopic(List<TestMethod> methods) {
    return methods.stream()
        .collect(
            Collectors.groupingBy(
                one -> "%-14s %s".formatted(String.join(",", one.topics()), one.simpleClass()),
                TreeMap::new,
                Collectors.counting()));
  }

  private static Map<String, Long> counts(List<TestMethod> methods) {
    return methods.stream()
        .collect(Collectors.groupingBy(TestMethod::group, TreeMap::new, Collectors.counting()));
  }

  private static Found found(List<PostDiscoveryFilter> filters) {
    Set<Path> roots = new LinkedHashSet<>();
    for (String module : MODULES) {
      roots.add(
          ConfigurationHome.find()
              .folder()
              .resolve(module)
              .resolve("target")
              .resolve("test-classes"));
    }
    Set<UniqueId> leftOut = new HashSet<>();
    PostDiscoveryFilter noted =
        test -> {
          if (filters.stream().anyMatch(filter -> filter.apply(test).excluded())) {
            leftOut.add(test.getUniqueId());
          }
          return FilterResult.included("to be counted");
        };
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new ModuleClasses(roots)) {
      // JUnit loads by the thread's class loader.
      thread.setContextClassLoader(loader);
      TestPlan plan =
          LauncherFactory.create()
              .discover(
                  LauncherDiscoveryRequestBuilder.request()
                      .selectors(DiscoverySelectors.selectClasspathRoots(roots))
                      .filters(noted)
                      .build());
      List<TestMethod> all = new ArrayList<>();
      List<TestMethod> left = new ArrayList<>();
      for (TestIdentifier root : plan.getRoots()) {
        for (TestIdentifier one : plan.getDescendants(root)) {
          List<TestMethod> methods = methods(plan, one);
          all.addAll(methods);
          left.addAll(leftOut.contains(one.getUniqueIdObject()) ? methods : List.of());
        }
      }
      return new Found(all, left);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * Classes of the modules and of their tests, all defined here: tests extend and implement what is
   * visible in its package only, which takes one class loader. Libraries are the parent's.
   */
  private static final class ModuleClasses extends URLClassLoader {
    ModuleClasses(Set<Path> testClasses) throws MalformedURLException {
      super(urls(testClasses), TestTiers.class.getClassLoader());
    }

    private static URL[] urls(Set<Path> testClasses) throws MalformedURLException {
      List<URL> urls = new ArrayList<>();
      for (Path tests : testClasses) {
        urls.add(tests.toUri().toURL());
        urls.add(tests.resolveSibling("classes").toUri().toURL());
      }
      return urls.toArray(URL[]::new);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        boolean own = findResource(name.replace('.', '/') + ".class") != null;
        if (own && findLoadedClass(name) == null) {
          return findClass(name);
        }
        return super.loadClass(name, resolve);
      }
    }
  }

  private static List<TestMethod> methods(TestPlan plan, TestIdentifier found) {
    Set<String> tags = found.getTags().stream().map(TestTag::getName).collect(Collectors.toSet());
    TestSource source = found.getSource().orElse(null);
    if (source instanceof MethodSource method) {
      return List.of(new TestMethod(method.getClassName(), method.getMethodName(), tags));
    }
    if (source instanceof ClassSource template && plan.getChildren(found).isEmpty()) {
      // A class with parameters: its methods are there when it runs.
      return AnnotationSupport.findAnnotatedMethods(
              template.getJavaClass(), Testable.class, HierarchyTraversalMode.TOP_DOWN)
          .stream()
          .map(method -> new TestMethod(template.getClassName(), method.getName(), tags))
          .toList();
    }
    // ArchUnit's rules are fields of a class.
    return found.isTest()
            && plan.getParent(found).flatMap(TestIdentifier::getSource).orElse(null)
                instanceof ClassSource owner
        ? List.of(new TestMethod(owner.getClassName(), found.getDisplayName(), tags))
        : List.of();
  }
}
