package org.entente.gateway.intake;

import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Held;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Refused;

/** Converts results to the outcomes that clients receive. Pure. */
public final class OutcomeMapper {
  /** Size of the problems beside the first, in bytes. */
  static final int MOST_FURTHER_BYTES = 2_000;

  private OutcomeMapper() {}

  static Outcome accepted(String key, MessageId id, List<Permitted> parts, List<Refusal> refusals) {
    Accepted.Builder accepted = Accepted.newBuilder();
    for (Permitted part : parts) {
      for (Permit permit : part.permits()) {
        accepted.addPermits(
            permit(permit, part.label().getRedactedList(), part.label().getDesksList())
                .setAddressed(part.label().getAddressed()));
      }
    }
    refusals.forEach(refusal -> accepted.addRefusals(refusal.toProto()));
    return Outcome.newBuilder()
        .setIdempotencyKey(key)
        .setMessageId(UnsafeByteOperations.unsafeWrap(id.bytes()))
        .setAccepted(accepted)
        .build();
  }

  /** A refused outcome, with the id under which its evidence is found. */
  public static Outcome refused(String key, MessageId id, List<Refusal> refusals) {
    Refused.Builder refused = Refused.newBuilder();
    refusals.forEach(refusal -> refused.addRefusals(refusal.toProto()));
    return Outcome.newBuilder()
        .setIdempotencyKey(key)
        .setMessageId(UnsafeByteOperations.unsafeWrap(id.bytes()))
        .setRefused(refused)
        .build();
  }

  static Outcome held(String key, MessageId id, Held held) {
    return Outcome.newBuilder()
        .setIdempotencyKey(key)
        .setMessageId(UnsafeByteOperations.unsafeWrap(id.bytes()))
        .setHeld(held)
        .build();
  }

  /** Those whom a decision permits. */
  public static List<org.entente.proto.v1.Permit> permits(PolicyDecision decision) {
    return decision.permits().stream()
        .map(
            permit ->
                permit(
                        permit,
                        decision.withheld(permit.recipient()),
                        decision.desks(permit.recipient()))
                    .build())
        .toList();
  }

  private static org.entente.proto.v1.Permit.Builder permit(
      Permit permit, List<String> withheld, List<String> desks) {
    org.entente.proto.v1.Permit.Builder out =
        org.entente.proto.v1.Permit.newBuilder()
            .setAgency(permit.recipient().value())
            .setAgreement(permit.agreement())
            .setRetentionDays(permit.retentionDays());
    // A builder makes a list even to add nothing to it, and most messages have neither.
    if (!withheld.isEmpty()) {
      out.addAllWithheld(withheld);
    }
    return desks.isEmpty() ? out : out.addAllDesks(desks);
  }

  public static Outcome invalid(String key, Problem problem) {
    return invalid(key, List.of(problem));
  }

  /** The first problem, with as many others as fit: outcomes are small, and so are trailers. */
  static Outcome invalid(String key, List<Problem> problems) {
    org.entente.proto.v1.Problem.Builder first = problems.get(0).toProto().toBuilder();
    int bytes = 0;
    for (Problem problem : problems.subList(1, problems.size())) {
      org.entente.proto.v1.Problem further =
          org.entente.proto.v1.Problem.newBuilder()
              .setCode(problem.code().name())
              .setField(problem.field())
              .setMessage(problem.message())
              .build();
      bytes += further.getSerializedSize();
      if (bytes > MOST_FURTHER_BYTES) {
        break;
      }
      first.addFurther(further);
    }
    return Outcome.newBuilder().setIdempotencyKey(key).setInvalid(first).build();
  }
}
