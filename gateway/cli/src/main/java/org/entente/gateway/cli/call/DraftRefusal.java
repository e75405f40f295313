package org.entente.gateway.cli.call;

import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.client.ErrorDetails;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/**
 * Tells a refusal of one draft from one that every draft would get. Programs that publish many
 * drafts go on behind the first, so that no draft holds back the others. Stateless.
 */
public final class DraftRefusal {
  /** Refusals by the state of the gateway, or of the client. */
  private static final Set<Code> OF_EVERY_DRAFT =
      EnumSet.of(
          Code.OVERLOADED,
          Code.STORAGE_FULL,
          Code.NOT_READY,
          Code.NOT_LEADER,
          Code.TRUST_EXPIRED,
          Code.INTERNAL,
          Code.UNKNOWN_CLIENT,
          Code.CERTIFICATE_EXPIRED,
          Code.CERTIFICATE_REVOKED,
          Code.SCOPE_MISSING);

  private DraftRefusal() {}

  /**
   * What is wrong with the draft of a call that failed; empty if its failure says nothing of the
   * draft, or has a code of a later release. A refusal that names a field is of the draft, whatever
   * its code: {@code OVERLOADED} for one of its recipients, for example.
   */
  public static Optional<Problem> of(Throwable failure) {
    if (RpcFailures.isTooLarge(failure)) {
      return Optional.of(new Problem(Code.TOO_LARGE, "", text(failure)));
    }
    Optional<BadRequest.FieldViolation> field = ErrorDetails.field(failure);
    return code(failure)
        .filter(code -> field.isPresent() || !OF_EVERY_DRAFT.contains(code))
        .map(
            code ->
                field
                    .map(it -> new Problem(code, it.getField(), it.getDescription()))
                    .orElseGet(() -> new Problem(code, "", text(failure))));
  }

  /** The gateway's code; empty if the failure has none, or one of a later release. */
  public static Optional<Code> code(Throwable failure) {
    String reason = RpcFailures.info(failure).map(ErrorInfo::getReason).orElse("");
    return Arrays.stream(Code.values()).filter(one -> one.name().equals(reason)).findFirst();
  }

  private static String text(Throwable failure) {
    return Objects.requireNonNullElse(Status.fromThrowable(failure).getDescription(), "");
  }
}
