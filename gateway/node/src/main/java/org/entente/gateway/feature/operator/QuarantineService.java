package org.entente.gateway.feature.operator;

import com.google.protobuf.util.Timestamps;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.v1.DiscardQuarantinedRequest;
import org.entente.proto.v1.DiscardQuarantinedResponse;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.ListQuarantineRequest;
import org.entente.proto.v1.ListQuarantineResponse;
import org.entente.proto.v1.QuarantineGrpc;
import org.entente.proto.v1.QuarantineState;
import org.entente.proto.v1.QuarantineStep;
import org.entente.proto.v1.QuarantinedMessage;
import org.entente.proto.v1.RetryQuarantinedRequest;
import org.entente.proto.v1.RetryQuarantinedResponse;
import org.entente.proto.v1.ShowQuarantinedRequest;
import org.entente.proto.v1.ShowQuarantinedResponse;

/** The Quarantine service over {@link Quarantine}. */
final class QuarantineService implements BindableService {
  private final Quarantine quarantine;

  QuarantineService(Quarantine quarantine) {
    this.quarantine = quarantine;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(QuarantineGrpc.getServiceDescriptor())
        .unary(
            QuarantineGrpc.getListQuarantineMethod(),
            Scope.OPERATOR,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> listQuarantine(request))
        .unary(
            QuarantineGrpc.getShowQuarantinedMethod(),
            Scope.OPERATOR,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> showQuarantined(request))
        .unary(
            QuarantineGrpc.getRetryQuarantinedMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::retryQuarantined)
        .unary(
            QuarantineGrpc.getDiscardQuarantinedMethod(),
            Scope.OPERATOR,
            CallCost.CHANGE,
            DiskUse.NECESSARY,
            this::discardQuarantined)
        .build();
  }

  private ListQuarantineResponse listQuarantine(ListQuarantineRequest request) {
    if (request.getAfter() < 0) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, "after", "must be a number of an earlier answer"));
    }
    PageLimits.Page<QuarantineTable.Entry> page =
        PageLimits.LIST.page(
            request.getPageSize(),
            most -> quarantine.list(request.getDecided(), request.getAfter(), most));
    ListQuarantineResponse.Builder response =
        ListQuarantineResponse.newBuilder().setMore(page.more());
    page.entries().forEach(entry -> response.addMessages(message(entry.number(), entry.record())));
    return response.build();
  }

  private ShowQuarantinedResponse showQuarantined(ShowQuarantinedRequest request) {
    QuarantineRecord record =
        quarantine
            .find(request.getNumber())
            .orElseThrow(
                () ->
                    StatusMapper.exception(
                        new Problem(
                            Code.NOT_FOUND,
                            "number",
                            "the quarantine has no entry with number "
                                + Long.toUnsignedString(request.getNumber()))));
    return ShowQuarantinedResponse.newBuilder()
        .setMessage(message(request.getNumber(), record))
        .build();
  }

  private RetryQuarantinedResponse retryQuarantined(
      Identified caller, RetryQuarantinedRequest request) {
    DecisionReply told =
        told(
            request.getNumber(),
            quarantine.retry(caller.name(), request.getNumber(), request.getOnBehalfOf()));
    return RetryQuarantinedResponse.newBuilder()
        .setMessage(told.message())
        .setText(told.text())
        .setBefore(told.before())
        .build();
  }

  private DiscardQuarantinedResponse discardQuarantined(
      Identified caller, DiscardQuarantinedRequest request) {
    DecisionReply told =
        told(
            request.getNumber(),
            quarantine.discard(caller.name(), request.getNumber(), request.getOnBehalfOf()));
    return DiscardQuarantinedResponse.newBuilder()
        .setMessage(told.message())
        .setText(told.text())
        .setBefore(told.before())
        .build();
  }

  private record DecisionReply(QuarantinedMessage message, String text, boolean before) {}

  private DecisionReply told(long number, Result<Quarantine.Decision> result) {
    Quarantine.Decision decision = StatusMapper.value(result);
    if (decision instanceof Quarantine.Decision.Decided decided) {
      return new DecisionReply(message(number, decided.record()), decided.text(), !decided.now());
    }
    Quarantine.Decision.FailedAgain failed = (Quarantine.Decision.FailedAgain) decision;
    return new DecisionReply(
        message(number, failed.record()), "the retry failed: " + failed.reason(), false);
  }

  private QuarantinedMessage message(long number, QuarantineRecord record) {
    QuarantinedMessage.Builder message =
        QuarantinedMessage.newBuilder()
            .setNumber(number)
            .setStep(step(record.getStep()))
            .setState(state(record.getState()))
            .setSince(Timestamps.fromMillis(record.getSinceMs()))
            .setUntil(Timestamps.fromMillis(record.getUntilMs()))
            .setCode(record.getCode())
            .setReason(quarantine.reason(number, record))
            .setTries(record.getTries())
            .setAgency(record.getAgency())
            .setLane(Lane.forNumber(record.getLane()))
            .addAllMessageIds(record.getMessageIdsList())
            .setBytes(record.getBytes());
    if (record.getDecidedAtMs() > 0) {
      message.setDecidedAt(Timestamps.fromMillis(record.getDecidedAtMs()));
    }
    return message.build();
  }

  private static QuarantineStep step(org.entente.proto.store.v1.QuarantineStep step) {
    return switch (step) {
      case QUARANTINE_STEP_RECEIVING -> QuarantineStep.QUARANTINE_STEP_RECEIVING;
      case QUARANTINE_STEP_DELIVERING -> QuarantineStep.QUARANTINE_STEP_DELIVERING;
      case QUARANTINE_STEP_SENDING -> QuarantineStep.QUARANTINE_STEP_SENDING;
      case QUARANTINE_STEP_UNSPECIFIED, UNRECOGNIZED -> QuarantineStep.QUARANTINE_STEP_UNSPECIFIED;
    };
  }

  private static QuarantineState state(org.entente.proto.store.v1.QuarantineState state) {
    return switch (state) {
      case QUARANTINE_STATE_WAITING -> QuarantineState.QUARANTINE_STATE_WAITING;
      case QUARANTINE_STATE_RELEASED -> QuarantineState.QUARANTINE_STATE_RELEASED;
      case QUARANTINE_STATE_REFUSED -> QuarantineState.QUARANTINE_STATE_REFUSED;
      case QUARANTINE_STATE_DISCARDED -> QuarantineState.QUARANTINE_STATE_DISCARDED;
      case QUARANTINE_STATE_EXPIRED -> QuarantineState.QUARANTINE_STATE_EXPIRED;
      case QUARANTINE_STATE_GONE -> QuarantineState.QUARANTINE_STATE_GONE;
      case QUARANTINE_STATE_UNSPECIFIED, UNRECOGNIZED ->
          QuarantineState.QUARANTINE_STATE_UNSPECIFIED;
    };
  }
}
