package org.entente.gateway.cli.ipr;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprNext;
import org.entente.proto.v1.IprNotice;
import org.entente.proto.v1.IprOutcome;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.IprProcedureGrpc.IprProcedureBlockingStub;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Recordation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A call to the IprProcedure service, with the output of its answers. */
abstract class IprCall extends ClientCall {
  @Override
  public final void with(ManagedChannel channel) {
    call(IprProcedureGrpc.newBlockingStub(channel));
  }

  abstract void call(IprProcedureBlockingStub stub);

  /** An officer's call, recorded in the audit log. */
  abstract static class OfficerCall extends IprCall {
    @Mixin private PersonOptions person = new PersonOptions();

    OnBehalfOf officer() {
      return person.named();
    }
  }

  /** A call of a rights holder's person, recorded in the audit log. */
  abstract static class HolderCall extends IprCall {
    @Option(
        names = "--person",
        required = true,
        description = "person who acts for the rights holder; recorded")
    private String person = "";

    OnBehalfOf person() {
      return OnBehalfOf.newBuilder().setOfficer(person).build();
    }
  }

  void print(Recordation recordation) {
    String valid =
        recordation.hasValidTo()
            ? "  from %s until %s"
                .formatted(
                    Timestamps.toString(recordation.getValidFrom()),
                    Timestamps.toString(recordation.getValidTo()))
            : "";
    line(
        "%s  %-12s %-14s %s, %s%s"
            .formatted(
                hex(recordation.getRecordationId()),
                EnumNames.word(recordation.getState()),
                EnumNames.word(recordation.getContent().getRight()),
                recordation.getContent().getRightNumber(),
                recordation.getContent().getHolderName(),
                valid));
  }

  void print(IprCase theCase) {
    line(
        "%s  %-17s %-12s %s"
            .formatted(
                hex(theCase.getCaseId()),
                EnumNames.word(theCase.getKind()),
                EnumNames.word(theCase.getStage()),
                theCase.hasNext()
                    ? next(theCase.getNext(), theCase.getDeadlines().getTimeZone())
                    : outcome(theCase.getOutcome())));
    if (theCase.getDeadlines().getBeyondCalendar()) {
      err()
          .println(
              "a deadline lies after the end of the holiday calendar; ask the operator to extend"
                  + " it");
    }
  }

  private static String next(IprNext next, String zone) {
    String by = next.hasBy() ? ", before " + DeadlineText.of(next.getBy(), zone) : "";
    return "next: " + next.getWhat() + by + (next.getOverdue() ? "  OVERDUE" : "");
  }

  private static String outcome(IprOutcome outcome) {
    return EnumNames.word(outcome);
  }

  void print(IprNotice notice) {
    String by =
        notice.hasAnswerBy()
            ? "answer before " + DeadlineText.of(notice.getAnswerBy(), notice.getTimeZone())
            : "proceedings before "
                + DeadlineText.of(notice.getProceedingsBy(), notice.getTimeZone());
    line(
        "%s  %-17s %-12s %s"
            .formatted(
                hex(notice.getCaseId()),
                EnumNames.word(notice.getKind()),
                EnumNames.word(notice.getStage()),
                notice.hasClosedAt() ? outcome(notice.getOutcome()) : by));
  }

  void printWhole(MessageOrBuilder message) {
    line(JsonText.of(message));
  }

  private void line(String text) {
    out().println(TerminalText.printable(text));
  }

  private static String hex(ByteString id) {
    return MessageText.hex(id);
  }
}
