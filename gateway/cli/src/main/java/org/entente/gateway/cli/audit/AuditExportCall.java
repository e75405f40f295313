package org.entente.gateway.cli.audit;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import java.util.function.Consumer;
import java.util.function.Function;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.cli.call.OverloadRetry;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.call.ProgressLine;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.client.ServerIdentityInterceptor;
import org.entente.gateway.model.InvalidValue;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that exports audit records of a period, a subject or a message. */
abstract class AuditExportCall extends PrintingCommand {
  @ArgGroup private AuditedNode where = new AuditedNode();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "start, a day or a time as in 2026-03-01T08:00:00Z; included")
  private @Nullable Timestamp from;

  @Option(names = "--to", paramLabel = "TIME", description = "end, a day or a time; not included")
  private @Nullable Timestamp to;

  @Option(
      names = "--subject",
      paramLabel = "SCHEME:VALUE",
      description = "records of a subject: person:FAMILY/GIVEN[/BIRTH], document:…, case:…, …")
  private String subject = "";

  @Option(names = "--message", paramLabel = "ID", description = "records of one message")
  private ByteString message = ByteString.EMPTY;

  private @Nullable ServerIdentityInterceptor answerer;

  @Mixin private PersonOptions person = new PersonOptions();

  /**
   * Reads all leaves that the options select.
   *
   * @param proofs whether each comes with its proof
   * @param each takes each leaf; a leaf of many messages comes several times
   * @return what was asked, with the end that applied
   */
  final ExportRequest export(boolean proofs, ProgressLine progress, Consumer<ExportedLeaf> each) {
    ExportRequest request = request(proofs);
    Pages pages = new Pages(request, progress, each);
    var unused =
        where.read(
            node -> {
              AuditPerson who = person.recorded();
              return pages.read(page -> AuditedNode.value(node.export(who, page)));
            },
            channel -> {
              ServerIdentityInterceptor noted = new ServerIdentityInterceptor();
              answerer = noted;
              Channel known = ClientInterceptors.intercept(channel, noted);
              return pages.read(AuditGrpc.newBlockingStub(known)::export);
            });
    return request;
  }

  /** Notes which gateway gave the leaves; null if a stopped node's data did. */
  final @Nullable ServerIdentityInterceptor answerer() {
    return answerer;
  }

  private ExportRequest request(boolean proofs) {
    ExportRequest.Builder request =
        ExportRequest.newBuilder()
            .setSubject(subject)
            .setMessageId(message)
            .setProofs(proofs)
            .setOnBehalfOf(onBehalfOf());
    if (from != null) {
      request.setFrom(from);
    }
    narrow(request);
    // Without an end, the export would never reach the last record, since it adds records itself.
    request.setTo(to == null ? Timestamps.fromMillis(System.currentTimeMillis()) : to);
    return request.build();
  }

  /** Adds what else a command selects by. */
  void narrow(ExportRequest.Builder request) {}

  final OnBehalfOf onBehalfOf() {
    return person.named();
  }

  /** The pages of one export, for which the command waits where the gateway is overloaded. */
  private record Pages(ExportRequest request, ProgressLine progress, Consumer<ExportedLeaf> each) {
    /** Reads all pages and returns the last. */
    ExportResponse read(Function<ExportRequest, ExportResponse> source) {
      OverloadRetry retry = new OverloadRetry();
      ExportRequest next = request;
      ExportResponse page;
      long leaves = 0;
      do {
        ExportRequest asked = next;
        page = retry.call(() -> source.apply(asked));
        page.getLeavesList().forEach(each);
        leaves += page.getLeavesCount();
        progress.at(leaves);
        // Each leaf of a page is beyond those before it, and so is the start of the next page.
        if (!page.getNext().isEmpty() && page.getNext().equals(asked.getAfter())) {
          throw new CommandFailure(
              "the gateway says again that the next page begins at "
                  + InvalidValue.printable(page.getNext())
                  + ": the export would not end; its operator must examine the gateway");
        }
        next = request.toBuilder().setAfter(page.getNext()).build();
      } while (!page.getNext().isEmpty());
      return page;
    }
  }
}
