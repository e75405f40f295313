package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.function.BiFunction;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.AttachmentsGrpc;
import org.jspecify.annotations.Nullable;

/** The Attachments service. */
final class AttachmentsService implements BindableService {
  private final @Nullable Calls calls;

  /** What answers calls. */
  record Calls(Uploads uploads, AttachmentReadings readings) {}

  /**
   * The service.
   *
   * @param calls null if this gateway keeps no attachments: every call is then refused
   */
  AttachmentsService(@Nullable Calls calls) {
    this.calls = calls;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(AttachmentsGrpc.getServiceDescriptor())
        .unary(
            AttachmentsGrpc.getBeginUploadMethod(),
            Scope.PUBLISH,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            on((to, call) -> to.uploads().begin(call.caller().name(), call.request())))
        .unary(
            AttachmentsGrpc.getWriteUploadMethod(),
            Scope.PUBLISH,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            on(
                (to, call) ->
                    to.uploads()
                        .write(
                            call.caller().name(),
                            id("upload_id", call.request().getUploadId()),
                            call.request())))
        .unary(
            AttachmentsGrpc.getShowUploadMethod(),
            Scope.PUBLISH,
            CallCost.READ,
            DiskUse.NONE,
            on(
                (to, call) ->
                    to.uploads()
                        .show(call.caller().name(), id("upload_id", call.request().getUploadId()))))
        .unary(
            AttachmentsGrpc.getOpenAttachmentMethod(),
            Scope.SEARCH,
            CallCost.READ,
            DiskUse.DEFERRABLE,
            on(
                (to, call) ->
                    to.readings()
                        .open(
                            call.caller().name(),
                            RequestFields.id("message_id", call.request().getMessageId()),
                            call.request())))
        .unary(
            AttachmentsGrpc.getReadAttachmentMethod(),
            Scope.SEARCH,
            CallCost.READ,
            DiskUse.MIXED,
            on(
                (to, call) ->
                    to.readings()
                        .read(
                            call.caller().name(),
                            id("reading_id", call.request().getReadingId()),
                            call.request())))
        .build();
  }

  private record Call<Q>(Identified caller, Q request) {}

  private <Q, A> BiFunction<Identified, Q, A> on(BiFunction<Calls, Call<Q>, Result<A>> handler) {
    return (caller, request) -> {
      if (calls == null) {
        throw StatusMapper.exception(AttachmentsOff.problem());
      }
      return StatusMapper.value(handler.apply(calls, new Call<>(caller, request)));
    };
  }

  private static AttachmentId id(String field, ByteString bytes) {
    try {
      return AttachmentId.of(bytes.toByteArray());
    } catch (InvalidValue e) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, field, String.valueOf(e.getMessage())));
    }
  }
}
