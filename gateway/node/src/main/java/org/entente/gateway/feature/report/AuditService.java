package org.entente.gateway.feature.report;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.TileReader;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.feature.AuditExports;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.LongSearches;
import org.entente.gateway.rpc.server.RequestFields;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.ProveRequest;
import org.entente.proto.v1.ProveResponse;
import org.entente.proto.v1.ReadRecordRequest;
import org.entente.proto.v1.ReadRecordResponse;
import org.entente.proto.v1.ReadTileRequest;
import org.entente.proto.v1.ReadTileResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Audit service over the gateway's transparency log. */
final class AuditService implements BindableService {
  private static final Logger LOG = LoggerFactory.getLogger(AuditService.class);
  private static final int MAX_PATH = 200;
  private static final ReadRecordResponse ERASED = ReadRecordResponse.getDefaultInstance();

  private final AuditLog log;
  private final TileReader tiles;
  private final LeafOpener opener;
  private final MessageProver proving;
  private final AuditExports exporting;
  private final LongSearches searches;

  AuditService(
      AuditLog log,
      LeafOpener opener,
      MessageProver proving,
      AuditExports exporting,
      LongSearches searches) {
    this.log = log;
    this.tiles = new TileReader(log);
    this.opener = opener;
    this.proving = proving;
    this.exporting = exporting;
    this.searches = searches;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(AuditGrpc.getServiceDescriptor())
        .unary(
            AuditGrpc.getReadTileMethod(),
            Scope.AUDIT,
            CallCost.AUDIT,
            DiskUse.NONE,
            (caller, request) -> readTile(request))
        .unary(
            AuditGrpc.getReadRecordMethod(),
            Scope.AUDIT,
            CallCost.AUDIT,
            DiskUse.NONE,
            (caller, request) -> readRecord(request))
        .unary(
            AuditGrpc.getProveMethod(),
            Scope.AUDIT,
            CallCost.SEARCH,
            DiskUse.DEFERRABLE,
            this::prove)
        // It shows who fills the disk.
        .unary(
            AuditGrpc.getExportMethod(),
            Scope.AUDIT,
            CallCost.SEARCH,
            DiskUse.NECESSARY,
            this::export)
        .build();
  }

  private ReadTileResponse readTile(ReadTileRequest request) {
    String path = request.getPath();
    if (path.isEmpty() || path.length() > MAX_PATH) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, "path", "must have 1 to " + MAX_PATH + " characters"));
    }
    byte[] content =
        tiles
            .read(path)
            .orElseThrow(
                () ->
                    notFound(
                        "path",
                        "no such resource in the signed log: " + InvalidValue.printable(path)));
    return ReadTileResponse.newBuilder().setContent(ByteString.copyFrom(content)).build();
  }

  private ReadRecordResponse readRecord(ReadRecordRequest request) {
    long index = request.getIndex();
    if (index < 0 || log.commitment(index).isEmpty()) {
      throw notFound("index", "the log has no leaf " + Long.toUnsignedString(index));
    }
    return log.open(index, opener).map(leaf -> opened(index, leaf)).orElse(ERASED);
  }

  private ProveResponse prove(Identified caller, ProveRequest request) {
    MessageId id = RequestFields.id("message_id", request.getMessageId());
    AuditActor actor = actor(caller, request.getOnBehalfOf());
    Optional<AgencyName> recipient = recipient(request);
    byte[] file =
        StatusMapper.value(
            searches.run(
                caller.name(),
                Caller.account(),
                Context.current()::isCancelled,
                further -> proving.prove(actor, id, recipient, further)));
    return ProveResponse.newBuilder().setProof(ByteString.copyFrom(file)).build();
  }

  private ExportResponse export(Identified caller, ExportRequest request) {
    if (!request.getMessageId().isEmpty()) {
      RequestFields.id("message_id", request.getMessageId());
    }
    return StatusMapper.value(
        exporting.export(caller, Caller.account(), Context.current()::isCancelled, request));
  }

  /** The audit actor: a caller that reads records must name the person on whose behalf it does. */
  private AuditActor actor(Identified caller, OnBehalfOf person) {
    Optional<Problem> problem = LabelCheck.reader(person);
    if (problem.isPresent()) {
      throw StatusMapper.exception(problem.get());
    }
    return AuditActor.client(log.origin().agency(), caller.name(), person);
  }

  private static Optional<AgencyName> recipient(ProveRequest request) {
    if (request.getRecipient().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new AgencyName(request.getRecipient()));
    } catch (InvalidValue e) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, "recipient", String.valueOf(e.getMessage())));
    }
  }

  private static ReadRecordResponse opened(long index, OpenedLeaf leaf) {
    if (!leaf.matches()) {
      LOG.error("leaf {} of the audit log does not match its stored record", index);
      throw StatusMapper.exception(
          new Problem(Code.INTERNAL, "", "the stored record of this leaf does not match the log"));
    }
    return ReadRecordResponse.newBuilder()
        .setSeed(ByteString.copyFrom(leaf.seed()))
        .setMessageIds(ByteString.copyFrom(leaf.messageIds()))
        .setRecord(ByteString.copyFrom(leaf.encodedRecord()))
        .build();
  }

  private static StatusRuntimeException notFound(String field, String message) {
    return StatusMapper.exception(new Problem(Code.NOT_FOUND, field, message));
  }
}
