package org.entente.gateway.feature.request;

import java.util.Optional;
import java.util.function.Function;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Responder;

/**
 * Requests, answers and reminders of other agencies, and the responders that they advertise.
 *
 * @param own a responder of this agency by name; empty if there is none
 */
public record ReceivedRequests(
    AgencyName self,
    ResponseDeadlines deadlines,
    AdvertisedResponders advertised,
    Function<String, Optional<Responder>> own)
    implements ReceptionHook {
  @Override
  public boolean consumes(Kind kind) {
    return kind == Kind.KIND_RESPONDERS;
  }

  /**
   * Policy has decided before: who may not ask in a category learns nothing of who answers there.
   */
  @Override
  public Result<Step> inspect(Incoming message) {
    if (message.label().getKind() == Kind.KIND_RESPONDERS) {
      return Step.onKeep(
          tx -> advertised.received(tx, message.origin(), message.body().getResponders()));
    }
    return Result.unless(beyondResponder(message), () -> Result.done(new MessageStep(message)));
  }

  private Optional<Problem> beyondResponder(Incoming message) {
    String name = message.body().getRequest().getResponder();
    return message.label().getKind() != Kind.KIND_REQUEST || name.isEmpty()
        ? Optional.empty()
        : ResponderLimit.problem(
            message.body().getRequest(),
            message.label().getCategory(),
            self.value(),
            own.apply(name));
  }

  private final class MessageStep implements Step {
    private final Incoming message;

    MessageStep(Incoming message) {
      this.message = message;
    }

    @Override
    public Optional<Problem> check(Transaction tx) {
      return deadlines.refusal(tx, message.origin(), message.label(), message.body());
    }

    @Override
    public void keep(Transaction tx) {
      deadlines.received(tx, message.origin(), message.label(), message.body());
    }
  }

  @Override
  public void evidence(Transaction tx, EvidenceItem item, boolean isNew) {
    if (item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_DELIVERY) {
      EvidenceMessages.of(item).forEach(id -> deadlines.refused(tx, id, item.getRecipient()));
    }
  }
}
