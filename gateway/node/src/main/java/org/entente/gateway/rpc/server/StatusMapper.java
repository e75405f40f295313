package org.entente.gateway.rpc.server;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.Outcome;

/**
 * Maps problems to gRPC statuses: one status for each code, with {@code google.rpc.ErrorInfo}
 * (reason = the stable code, domain = {@code entente}, metadata who_must_act and retry) and, if a
 * field is at fault, {@code google.rpc.BadRequest}, with all faults of an invalid draft.
 */
public final class StatusMapper {
  private static final String DOMAIN = "entente";

  private StatusMapper() {}

  /** The exception that ends a call with this problem. */
  public static StatusRuntimeException exception(Problem problem) {
    return exception(problem, Map.of());
  }

  /** The same with further metadata. */
  static StatusRuntimeException exception(Problem problem, Map<String, String> more) {
    return exception(problem, more, List.of());
  }

  private static StatusRuntimeException exception(
      Problem problem, Map<String, String> more, List<org.entente.proto.v1.Problem> further) {
    Status.Builder status =
        Status.newBuilder()
            .setCode(grpcCode(problem.code()).value())
            .setMessage(problem.code() + ": " + describe(problem))
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(problem.code().name())
                        .setDomain(DOMAIN)
                        .putMetadata("who_must_act", problem.code().whoMustAct().name())
                        .putMetadata("retry", Boolean.toString(problem.code().retry()))
                        .putAllMetadata(more)
                        .build()));
    if (!problem.field().isEmpty()) {
      BadRequest.Builder fields =
          BadRequest.newBuilder().addFieldViolations(violation(problem.field(), problem.message()));
      further.forEach(
          one -> fields.addFieldViolations(violation(one.getField(), one.getMessage())));
      status.addDetails(Any.pack(fields.build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private static BadRequest.FieldViolation violation(String field, String what) {
    return BadRequest.FieldViolation.newBuilder().setField(field).setDescription(what).build();
  }

  /** Ends the call if there is a problem. */
  public static void refuse(Optional<Problem> problem) {
    if (problem.isPresent()) {
      throw exception(problem.get());
    }
  }

  /** The outcome; throws the status of its problem if it is invalid. */
  public static Outcome valid(Outcome outcome) {
    if (outcome.hasInvalid()) {
      throw exception(
          Problem.of(outcome.getInvalid()), Map.of(), outcome.getInvalid().getFurtherList());
    }
    return outcome;
  }

  /** The stable code in an exception made here; INTERNAL for any other. */
  static org.entente.gateway.model.Code code(StatusRuntimeException exception) {
    Status status = StatusProto.fromThrowable(exception);
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        try {
          if (detail.is(ErrorInfo.class)) {
            return org.entente.gateway.model.Code.valueOf(
                detail.unpack(ErrorInfo.class).getReason());
          }
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
          return org.entente.gateway.model.Code.INTERNAL;
        }
      }
    }
    return org.entente.gateway.model.Code.INTERNAL;
  }

  private static String describe(Problem problem) {
    return problem.field().isEmpty()
        ? problem.message()
        : problem.field() + ": " + problem.message();
  }

  /** The gRPC status of a code; a test checks that the table in proto/README.md agrees. */
  static Code grpcCode(org.entente.gateway.model.Code code) {
    return switch (code) {
      case INVALID_FIELD,
          LABEL_BODY_MISMATCH,
          UNKNOWN_RECIPIENT,
          NO_RECIPIENT,
          TOO_LARGE,
          MALFORMED,
          HEADER_MISMATCH ->
          Code.INVALID_ARGUMENT;
      case IDEMPOTENCY_KEY_REUSED -> Code.ALREADY_EXISTS;
      case UNKNOWN_CLIENT,
          CERTIFICATE_EXPIRED,
          CERTIFICATE_REVOKED,
          UNKNOWN_PEER,
          IDENTITY_MISMATCH,
          BAD_SIGNATURE,
          TRUST_EXPIRED,
          KEYS_OUTDATED ->
          Code.UNAUTHENTICATED;
      case SCOPE_MISSING,
          NO_AGREEMENT,
          NOT_COVERED,
          AGREEMENT_NAMED_REFUSES,
          ABOVE_CEILING,
          PERSONAL_DATA_REFUSED,
          CLASSIFICATION_UNKNOWN,
          CLASSIFICATION_MISMATCH,
          NO_EQUIVALENT,
          OBLIGATION_UNKNOWN,
          OBLIGATION_NOT_FULFILLED,
          CONDITION_FALSE,
          ONWARD_REFUSED,
          CONSENT_REQUIRED,
          NOT_REDACTABLE,
          NOT_REDACTED,
          OPERATION_ROLE,
          REFERENCE_REFUSED,
          NODE_RULE,
          PERSON_REQUIRED,
          NOT_ASKED,
          SECOND_PERSON_REQUIRED,
          RELEASE_DENIED,
          INGRESS_REFUSED ->
          Code.PERMISSION_DENIED;
      case NOT_FOUND -> Code.NOT_FOUND;
      case CURSOR_TAKEN_OVER, SEQUENCE_CONFLICT, ROSTER_STALE, STALE_TERM -> Code.ABORTED;
      case CONDITION_FAILED,
          AGREEMENT_ENDED,
          RELEASE_TIMED_OUT,
          ALREADY_ANSWERED,
          RECALLED,
          ERASED,
          KEY_LOST,
          QUARANTINED,
          DAMAGED,
          DISCARDED,
          ON_LEGAL_HOLD,
          RESTRICTED,
          EXPIRED,
          CURSOR_AHEAD,
          CURSOR_OPEN,
          UNOPENED,
          OUT_OF_ORDER,
          DEADLINE_PASSED,
          DEADLINE_RUNS,
          PROTOCOL_VERSION,
          CANNOT_OPEN,
          NEED_REWRAP,
          ROUTING_LOOP,
          ROSTER_UNKNOWN,
          ROSTER_FORKED,
          OPERATION_CLOSED,
          AUDIT_LOG_BEHIND,
          AUDIT_LOG_FORKED,
          AUDIT_LOG_UNPROVEN,
          NOT_CONFIGURED ->
          Code.FAILED_PRECONDITION;
      case NO_ROUTE, NOT_READY, NOT_LEADER -> Code.UNAVAILABLE;
      case STORAGE_FULL, QUARANTINE_FULL, OVERLOADED, LIMIT_REACHED -> Code.RESOURCE_EXHAUSTED;
      case INTERNAL -> Code.INTERNAL;
    };
  }

  /** The value of a result; throws the status of its problem if it was refused. */
  public static <T> T value(Result<T> result) {
    return result.orElseThrow(StatusMapper::exception);
  }
}
