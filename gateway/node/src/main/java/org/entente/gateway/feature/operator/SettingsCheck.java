package org.entente.gateway.feature.operator;

import java.util.Optional;
import java.util.function.Function;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.deliver.FilterCondition;
import org.entente.gateway.deliver.FilterLimits;
import org.entente.gateway.deliver.OpenCursorCheck;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;

/** Checks what a client wants a subscription to be. Pure. */
final class SettingsCheck {
  private static final int MAX_LEASE_SECONDS = 3_600;
  private static final int MAX_DELIVERIES = 100;

  private SettingsCheck() {}

  /**
   * The first problem of a request; empty if it is valid.
   *
   * @param conditions what else may be wrong with a condition that compiles
   */
  static Optional<Problem> problem(
      CreateSubscriptionRequest request, Function<Condition, Optional<Problem>> conditions) {
    SubscriptionSettings settings = request.getSettings();
    if (!OpenCursorCheck.isName(request.getName())) {
      return Optional.of(OpenCursorCheck.badName("name"));
    }
    if (settings.getKind() == SubscriptionKind.UNRECOGNIZED) {
      return wrong("kind", "is unknown to this gateway; valid are EXCLUSIVE and SHARED");
    }
    return FilterLimits.problems("settings.filter", settings.getFilter()).stream()
        .findFirst()
        .or(() -> condition(settings.getCondition(), conditions))
        .or(() -> shared(settings, "lease_seconds", settings.getLeaseSeconds(), MAX_LEASE_SECONDS))
        .or(() -> shared(settings, "max_deliveries", settings.getMaxDeliveries(), MAX_DELIVERIES));
  }

  private static Optional<Problem> condition(
      String condition, Function<Condition, Optional<Problem>> further) {
    return condition.isEmpty()
        ? Optional.empty()
        : FilterCondition.compile("settings.condition", condition).fold(further, Optional::of);
  }

  private static Optional<Problem> shared(
      SubscriptionSettings settings, String field, int value, int most) {
    if (value != 0 && !OpenCursorCheck.isShared(settings)) {
      return wrong(field, "is for shared subscriptions; leave it empty for an exclusive one");
    }
    return value < 0 || value > most
        ? wrong(
            field,
            "is %s; valid are 1 to %d, and 0 for the default"
                .formatted(Integer.toUnsignedString(value), most))
        : Optional.empty();
  }

  private static Optional<Problem> wrong(String field, String message) {
    return Optional.of(new Problem(Code.INVALID_FIELD, "settings." + field, message));
  }
}
