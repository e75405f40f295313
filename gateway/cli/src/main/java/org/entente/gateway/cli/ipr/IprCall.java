package org.entente.gateway.cli.ipr;

import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.text.FieldText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprNext;
import org.entente.proto.v1.IprNotice;
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
    @RequestField("on_behalf_of.officer")
    @Option(
        names = "--person",
        required = true,
        description = "person who acts for the rights holder; recorded")
    private String person = "";

    OnBehalfOf person() {
      return OnBehalfOf.newBuilder().setOfficer(person).build();
    }
  }

  // Recordations -----------------------------------------------------------------------------

  static final Columns<Recordation> RECORDATIONS =
      Columns.<Recordation>of("recordation", "recordations")
          .with("recordation", one -> MessageText.hex(one.getRecordationId()))
          .with("state", one -> EnumNames.word(one.getState()))
          .with("right", one -> EnumNames.word(one.getContent().getRight()))
          .with("number", one -> one.getContent().getRightNumber())
          .with("holder", one -> one.getContent().getHolderName())
          .with("valid", IprCall::validity);

  private static String validity(Recordation recordation) {
    return recordation.hasValidTo()
        ? "from %s until %s"
            .formatted(
                Timestamps.toString(recordation.getValidFrom()),
                Timestamps.toString(recordation.getValidTo()))
        : "";
  }

  void print(Recordation recordation) {
    tell(recordation, RECORDATIONS.line(recordation));
  }

  // Cases ------------------------------------------------------------------------------------

  static final Columns<IprCase> CASES =
      Columns.<IprCase>of("case", "cases")
          .with("case", one -> MessageText.hex(one.getCaseId()))
          .with("kind", one -> EnumNames.word(one.getKind()))
          .with("stage", one -> EnumNames.word(one.getStage()))
          .with("next step or outcome", IprCall::next);

  void print(IprCase theCase) {
    tell(theCase, CASES.line(theCase));
    warn(theCase);
  }

  /** Warns of a deadline that cannot be known yet. */
  void warn(IprCase theCase) {
    if (theCase.getDeadlines().getBeyondCalendar()) {
      err()
          .println(
              "a deadline lies after the end of the holiday calendar; ask the operator to extend"
                  + " it");
    }
  }

  private static String next(IprCase theCase) {
    if (!theCase.hasNext()) {
      return EnumNames.word(theCase.getOutcome());
    }
    IprNext next = theCase.getNext();
    String zone = theCase.getDeadlines().getTimeZone();
    String by = next.hasBy() ? ", before " + DeadlineText.of(next.getBy(), zone) : "";
    return "next: " + next.getWhat() + by + (next.getOverdue() ? "  OVERDUE" : "");
  }

  // Notices ----------------------------------------------------------------------------------

  static final Columns<IprNotice> NOTICES =
      Columns.<IprNotice>of("notice", "notices")
          .with("case", one -> MessageText.hex(one.getCaseId()))
          .with("kind", one -> EnumNames.word(one.getKind()))
          .with("stage", one -> EnumNames.word(one.getStage()))
          .with("deadline or outcome", IprCall::deadline);

  void print(IprNotice notice) {
    tell(notice, NOTICES.line(notice));
  }

  private static String deadline(IprNotice notice) {
    if (notice.hasClosedAt()) {
      return EnumNames.word(notice.getOutcome());
    }
    return notice.hasAnswerBy()
        ? "answer before " + DeadlineText.of(notice.getAnswerBy(), notice.getTimeZone())
        : "proceedings before " + DeadlineText.of(notice.getProceedingsBy(), notice.getTimeZone());
  }

  /** Prints every field of a message. */
  void printWhole(MessageOrBuilder message) {
    tell(message, FieldText.lines(message).toArray(String[]::new));
  }
}
