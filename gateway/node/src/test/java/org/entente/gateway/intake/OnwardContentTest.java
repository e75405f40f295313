package org.entente.gateway.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.AppliedConsent;
import org.junit.jupiter.api.Test;

/** The consents under which a draft passes messages on, as the ledger's writer looks them up. */
class OnwardContentTest {
  private static final AgencyName FR = new AgencyName("fr.customs");
  private static final AgencyName SG = new AgencyName("sg.police");
  private static final AgencyName US = new AgencyName("us.cbp");

  private final SecureRandom random = new SecureRandom();
  private final MessageId source = id();
  private final MessageId other = id();

  private MessageId id() {
    return MessageId.fresh(FR, 0, random);
  }

  private static OnwardContent content(List<AppliedConsent> consented) {
    return new OnwardContent(List.of(), consented);
  }

  @Test
  void consents_areThoseOfTheSourceForTheRecipient_eachOnce() {
    MessageId first = id();
    MessageId second = id();
    OnwardContent content =
        content(
            List.of(
                new AppliedConsent(first, FR, source, SG),
                new AppliedConsent(second, FR, source, SG),
                new AppliedConsent(first, FR, source, SG),
                new AppliedConsent(first, FR, other, US)));

    assertEquals(Set.of(first, second), content.consents(source, SG));
    assertEquals(Set.of(first), content.consents(other, US));
    assertEquals(Set.of(), content.consents(source, US));
    assertEquals(
        "under consent " + first + ", " + second, content.words(source, List.of(US, SG, SG)));
    assertEquals("", content.words(other, List.of(SG)));
  }

  /**
   * As many as 16 sources have for 256 recipients. One list of them all, walked for each pair,
   * would be 17 million steps on the writer's thread.
   */
  @Test
  void consents_ofThousandsOfUses_areFoundWithoutTheOthers() {
    List<MessageId> sources = IntStream.range(0, 16).mapToObj(i -> id()).toList();
    List<AgencyName> recipients =
        IntStream.range(0, 256).mapToObj(i -> new AgencyName("fr.customs" + i)).toList();
    List<AppliedConsent> consented = new ArrayList<>();
    for (MessageId one : sources) {
      recipients.forEach(to -> consented.add(new AppliedConsent(id(), FR, one, to)));
    }
    OnwardContent content = content(consented);

    consented.forEach(
        one ->
            assertEquals(Set.of(one.consent()), content.consents(one.source(), one.recipient())));
    assertTrue(content.words(sources.get(0), recipients).endsWith(" and others"));
  }
}
