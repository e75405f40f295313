package org.entente.gateway.feature.cap;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.bridge.cap.CapMessage;
import org.entente.gateway.bridge.cap.CapReader;
import org.entente.gateway.bridge.cap.CapTerms;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapReadResult;
import org.entente.gateway.bridge.format.CapWriteResult;
import org.entente.gateway.bridge.format.CapXml;
import org.entente.gateway.bridge.format.UnmappedValue;
import org.entente.gateway.deliver.MessageOpening;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.CapRemainder;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.ReadCapResponse;
import org.entente.proto.v1.WriteCapRequest;
import org.entente.proto.v1.WriteCapResponse;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes CAP documents for clients. Content is accessible only through {@link
 * MessageOpening#open}, so content that it does not show is not written here either. Safe for use
 * by several threads.
 */
public final class CapConverter {
  private static final String XML = "xml";
  private static final String CHANGED = "changed_xml";

  private final MessageOpening opening;

  public CapConverter(MessageOpening opening) {
    this.opening = opening;
  }

  public Result<ReadCapResponse> read(ReadCapRequest request) {
    return CapTerms.of(request.getLabel(), request.getTo()).then(terms -> read(request, terms));
  }

  private Result<ReadCapResponse> read(ReadCapRequest request, CapTerms terms) {
    Problem problem = size(XML, request.getXml());
    if (problem != null) {
      return Result.refused(problem);
    }
    CapReadResult document = CapReader.read(XML, request.getXml().toByteArray());
    AlertItem item = document instanceof CapAlert alert ? terms.apply(alert) : (BadRecord) document;
    if (item instanceof AlertDraft draft) {
      return Result.done(
          ReadCapResponse.newBuilder()
              .setDraft(draft.draft())
              .addAllUnmapped(remainders(draft.unmapped()))
              .build());
    }
    return Result.refused(problem(XML, (BadRecord) item));
  }

  public Result<WriteCapResponse> write(NodeName client, MessageId id, WriteCapRequest request) {
    CapReadResult changed = null;
    if (!request.getChangedXml().isEmpty()) {
      Problem problem = size(CHANGED, request.getChangedXml());
      if (problem != null) {
        return Result.refused(problem);
      }
      changed = CapReader.read(CHANGED, request.getChangedXml().toByteArray());
      if (changed instanceof BadRecord bad) {
        return Result.refused(problem(CHANGED, bad));
      }
    }
    OpenRequest open =
        OpenRequest.newBuilder()
            .setMessageId(request.getMessageId())
            .setExercise(request.getExercise())
            .setOnBehalfOf(request.getOnBehalfOf())
            .build();
    CapReadResult document = changed;
    return opening.open(client, id, open).map(shown -> written(shown, document));
  }

  private static WriteCapResponse written(OpenResponse shown, @Nullable CapReadResult changed) {
    WriteCapResponse.Builder out = WriteCapResponse.newBuilder().setMessage(shown.getMessage());
    CapWriteResult writing =
        CapMessage.write(shown.getMessage().getLabel(), shown.getBody(), changed);
    if (writing instanceof CapXml cap) {
      out.setXml(ByteString.copyFromUtf8(cap.xml())).addAllUnmapped(remainders(cap.unmapped()));
    } else {
      out.setReason(((BadRecord) writing).fault());
    }
    return out.build();
  }

  private static @Nullable Problem size(String field, ByteString xml) {
    if (xml.isEmpty()) {
      return new Problem(Code.INVALID_FIELD, field, "is required: a CAP 1.1 or 1.2 document");
    }
    return xml.size() <= CapReader.MAX_BYTES
        ? null
        : new Problem(
            Code.TOO_LARGE, field, "has " + xml.size() + " bytes; at most " + CapReader.MAX_BYTES);
  }

  private static Problem problem(String field, BadRecord bad) {
    return new Problem(Code.INVALID_FIELD, field, "line " + bad.line() + ": " + bad.fault());
  }

  private static List<CapRemainder> remainders(List<UnmappedValue> unmapped) {
    Stream<CapRemainder> all =
        unmapped.stream()
            .map(
                one ->
                    CapRemainder.newBuilder()
                        .setLine(one.line())
                        .setPath(one.path())
                        .setWhat(one.what())
                        .build());
    return all.toList();
  }
}
