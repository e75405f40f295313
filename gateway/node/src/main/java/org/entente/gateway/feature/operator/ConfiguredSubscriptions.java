package org.entente.gateway.feature.operator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;

/**
 * Creates the subscriptions of the configuration, and changes those whose settings differ while no
 * stream holds them. What cannot be created is a warning for operators.
 */
final class ConfiguredSubscriptions {
  private static final Duration EVERY = Duration.ofSeconds(15);

  private final ClientSubscriptions subscriptions;
  private final List<NodeConfig.Subscription> configured;
  private volatile List<String> warnings = List.of();

  ConfiguredSubscriptions(
      ClientSubscriptions subscriptions, List<NodeConfig.Subscription> configured) {
    this.subscriptions = subscriptions;
    this.configured = configured;
  }

  void register(Registry registry) {
    if (!configured.isEmpty()) {
      registry.every(EVERY, "configured subscriptions", this::apply);
      registry.warn(this::warnings);
    }
  }

  /** What could not be created the last time. */
  List<String> warnings() {
    return warnings;
  }

  /** Creates and changes what differs. */
  void apply() {
    List<String> failed = new ArrayList<>();
    for (NodeConfig.Subscription one : configured) {
      problem(one)
          .ifPresent(
              problem ->
                  failed.add(
                      "subscription: %s of client %s cannot be created: %s: %s"
                          .formatted(
                              one.name(), one.client(), problem.field(), problem.message())));
    }
    warnings = List.copyOf(failed);
  }

  private Optional<Problem> problem(NodeConfig.Subscription one) {
    if (!NodeName.isName(one.client())) {
      return Optional.of(new Problem(Code.INVALID_FIELD, "client", "is not the name of a client"));
    }
    NodeName client = new NodeName(one.client());
    SubscriptionSettings settings = settings(one);
    Optional<SubscriptionSettings> now = subscriptions.settings(client, one.name());
    if (now.filter(settings::equals).isPresent()) {
      return Optional.empty();
    }
    CreateSubscriptionRequest.Builder request =
        CreateSubscriptionRequest.newBuilder().setName(one.name()).setSettings(settings);
    if (now.isEmpty() && Boolean.TRUE.equals(one.fromNow())) {
      request.setFromNow(true);
    }
    Result<?> created = subscriptions.create(client, request.build());
    return created instanceof Result.Refused<?> refused
        ? Optional.of(refused.problem())
        : Optional.empty();
  }

  private static SubscriptionSettings settings(NodeConfig.Subscription one) {
    SubscriptionSettings.Builder settings =
        SubscriptionSettings.newBuilder()
            .setKind(
                Boolean.TRUE.equals(one.shared())
                    ? SubscriptionKind.SUBSCRIPTION_KIND_SHARED
                    : SubscriptionKind.SUBSCRIPTION_KIND_EXCLUSIVE)
            .setLeaseSeconds(one.leaseSeconds())
            .setMaxDeliveries(one.maxDeliveries());
    if (one.condition() != null) {
      settings.setCondition(one.condition());
    }
    if (Boolean.TRUE.equals(one.exercise())) {
      settings.getFilterBuilder().setExercise(true);
    }
    return settings.build();
  }
}
