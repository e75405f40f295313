package org.entente.gateway.feature.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.testkit.ReceiveKit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway makes the subscriptions that its configuration names. */
class ConfiguredSubscriptionsTest {
  private static final NodeName DESK = new NodeName("desk");

  @TempDir private Path folder;
  @AutoClose private QuarantineNode node;
  private ClientSubscriptions subscriptions;

  @BeforeEach
  void start() throws IOException {
    node = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
    subscriptions =
        new ClientSubscriptions(
            ReceiveKit.SELF,
            node.ledger,
            new LabelCheck(MessageLimits.defaults()),
            node.subscriptions,
            Set::of);
    node.kit.deliver(node.alert("first"));
  }

  private static NodeConfig.Subscription shared(String name, String condition) {
    return new NodeConfig.Subscription("desk", name, true, condition, null, true, 0, 0);
  }

  private long next(String name) {
    return subscriptions.listOwn(DESK).subscriptions().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow()
        .backlog()
        .nextPosition();
  }

  private List<String> applied(NodeConfig.Subscription... configured) {
    ConfiguredSubscriptions all = new ConfiguredSubscriptions(subscriptions, List.of(configured));
    all.apply();
    all.apply();
    return all.warnings();
  }

  @Test
  void subscription_isCreatedOnce_andChanged_andStaysWhereItIs() {
    assertEquals(List.of(), applied(shared("team", "label.case_ref == 'DE-1'")));
    assertEquals(2, next("team"), "from now");
    node.kit.deliver(node.alert("second"));
    assertEquals(List.of(), applied(shared("team", "label.case_ref == 'DE-2'")));
    assertEquals(2, next("team"), "a change does not skip what came meanwhile");
    assertEquals(
        "label.case_ref == 'DE-2'",
        subscriptions.settings(DESK, "team").orElseThrow().getCondition());
  }

  @Test
  void subscription_thatCannotBe_isAWarning_andTheOthersAreCreated() {
    List<String> warnings = applied(shared("team", "label.categry == 1"), shared("other", "true"));
    assertEquals(1, warnings.size());
    assertTrue(
        warnings.get(0).contains("team of client desk cannot be created: settings.condition"),
        warnings::toString);
    assertTrue(warnings.get(0).contains("label.category"), warnings::toString);
    assertEquals(2, next("other"));
  }
}
