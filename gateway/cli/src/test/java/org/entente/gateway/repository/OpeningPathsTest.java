package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.receive.InboxOpener;
import org.junit.jupiter.api.Test;

/**
 * Every path on which the content of a received message goes to a client asks the same question
 * before it opens anything ({@link MessageFilter#mayOpen}): recalled, restricted, set aside,
 * training, for another desk. A class that opens content and is not named here fails this test.
 */
class OpeningPathsTest {
  /** Who opens content for a client, and who asks for it. */
  private static final Map<String, String> ASKING =
      Map.of(
          "deliver.Subscription", "deliver.MessageFilter",
          "deliver.MessageVisibility", "deliver.MessageVisibility",
          "feature.watch.HitPages", "feature.watch.HitPages",
          "feature.operation.OperationView", "feature.operation.OperationView",
          "feature.risk.ScoreIntake", "feature.risk.ScoreVisibility",
          "feature.risk.ScorePages", "feature.risk.ScoreVisibility");

  /**
   * Who opens it and gives it to nobody: the index in memory and the watches, of which only what is
   * asked for again later is shown; and the operator's other try, which looks whether it opens.
   */
  private static final Set<String> GIVING_NOTHING =
      Set.of(
          "feature.search.SearchIndex",
          "feature.watch.WatchFollower",
          "deliver.UndeliverableMessages");

  private static final Set<String> OPENING = Set.of("message", "knownFields", "body", "annotated");

  private static final JavaClasses CLASSES = ProductionCode.CLASSES;

  private static Stream<JavaMethodCall> calls() {
    return CLASSES.stream().flatMap(one -> one.getMethodCallsFromSelf().stream());
  }

  /** Without the package before the stage, and as the file in which it stands. */
  private static String name(JavaClass one) {
    JavaClass outer = one;
    while (outer.getEnclosingClass().isPresent()) {
      outer = outer.getEnclosingClass().get();
    }
    return outer.getName().replace("org.entente.gateway.", "");
  }

  private static Set<String> callers(Class<?> target, Set<String> methods) {
    return calls()
        .filter(call -> call.getTargetOwner().isEquivalentTo(target))
        .filter(call -> methods.contains(call.getName()))
        .map(call -> name(call.getOriginOwner()))
        .filter(caller -> !caller.equals(target.getName().replace("org.entente.gateway.", "")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyClassThatOpensContent_isKnown() {
    Set<String> known = new TreeSet<>(ASKING.keySet());
    known.addAll(GIVING_NOTHING);
    assertEquals(known, callers(InboxOpener.class, OPENING));
  }

  @Test
  void everyPathToAClient_asksTheSame_beforeItOpens() {
    Set<String> asking = new TreeSet<>(ASKING.values());
    asking.remove("deliver.MessageFilter");
    assertEquals(asking, callers(MessageFilter.class, Set.of("mayOpen")));
    assertEquals(
        Set.of("deliver.Subscription"),
        callers(MessageFilter.class, Set.of("mayDeliver")),
        "and in time");
    ASKING.forEach(
        (opens, asks) ->
            assertTrue(
                opens.equals(asks)
                    || calls()
                        .anyMatch(
                            call ->
                                name(call.getOriginOwner()).equals(opens)
                                    && name(call.getTargetOwner()).equals(asks)),
                () -> opens + " does not ask " + asks));
  }
}
