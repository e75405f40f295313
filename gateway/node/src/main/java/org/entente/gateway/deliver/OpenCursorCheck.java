package org.entente.gateway.deliver;

import java.util.Optional;
import java.util.regex.Pattern;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscriptionKind;
import org.entente.proto.v1.SubscriptionSettings;

/** Checks what a client wants of a subscription that it opens. Pure. */
public final class OpenCursorCheck {
  /** Default number of unacknowledged deliveries in one lane. */
  public static final int DEFAULT_WINDOW = 1_000;

  /** The greatest window that a client may request. */
  public static final int MAX_WINDOW = 10_000;

  /** The most deliveries per response that a client may request. */
  public static final int MAX_BATCH = 256;

  private static final Pattern CURSOR = Pattern.compile("[a-z0-9._-]{1,64}");

  private OpenCursorCheck() {}

  /** The first problem of a request by itself; empty if it is valid. */
  static Optional<Problem> problem(OpenCursor request) {
    if (!isName(request.getCursor())) {
      return Optional.of(badName("open.cursor"));
    }
    if (request.getWindow() < 0 || request.getWindow() > MAX_WINDOW) {
      return unfit("open.window", "a window must be 1 to " + MAX_WINDOW + ", or 0 for the default");
    }
    if (request.getBatch() < 0 || request.getBatch() > MAX_BATCH) {
      return unfit(
          "open.batch", "a batch must be 1 to " + MAX_BATCH + ", or 0 for single deliveries");
    }
    if (request.getSkipStored() && request.getFromPosition() != 0) {
      return unfit("open.skip_stored", "cannot be combined with from_position");
    }
    return FilterLimits.problems("open.filter", request.getFilter()).stream().findFirst();
  }

  /** Whether a text can be the name of a subscription. */
  public static boolean isName(String text) {
    return CURSOR.matcher(text).matches();
  }

  /** The problem with a name that cannot be one. */
  public static Problem badName(String field) {
    return new Problem(
        Code.INVALID_FIELD, field, "a cursor name must have 1 to 64 characters of a-z 0-9 . _ -");
  }

  /** Whether streams of a subscription with these settings compete. */
  public static boolean isShared(SubscriptionSettings settings) {
    return settings.getKind() == SubscriptionKind.SUBSCRIPTION_KIND_SHARED;
  }

  private static Optional<Problem> unfit(String field, String message) {
    return Optional.of(new Problem(Code.INVALID_FIELD, field, message));
  }

  /** What a created subscription does not allow in the request that opens it. */
  static Optional<Problem> unfit(SubscriptionSettings created, OpenCursor request) {
    if (!request.getFilter().equals(Filter.getDefaultInstance())) {
      return unfit(
          "open.filter",
          "the subscription was created with its filter; leave it empty, or change the"
              + " subscription");
    }
    return isShared(created) && request.getFromPosition() != 0
        ? unfit(
            "open.from_position",
            "the subscription is shared; leave it empty, or change the subscription's start")
        : Optional.empty();
  }
}
