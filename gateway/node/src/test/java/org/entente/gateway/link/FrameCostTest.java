package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Work;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.Stanza;
import org.junit.jupiter.api.Test;

/** Threats 76 and 91: every kind of frame and notice of link.proto has its price. */
class FrameCostTest {
  private static final AgencyName SELF = new AgencyName("fr.customs");

  private final Accounts accounts =
      Accounts.ofAgencies(NodeConfig.Limits.DEFAULT, System::nanoTime);

  /** What the account of a peer paid: frames and their content, verifications, commits. */
  private String charged(Frame frame) {
    return charged(frame.toString(), FrameCost.of(frame, SELF));
  }

  private String charged(Notice notice) {
    return charged(notice.toString(), FrameCost.of(notice, SELF));
  }

  private String charged(String peer, FrameCost cost) {
    Account account = accounts.of(peer);
    assertEquals(0, cost.charge(account));
    return account.used(Work.DELIVERIES)
        + " "
        + account.used(Work.VERIFICATIONS)
        + " "
        + account.used(Work.COMMITS);
  }

  /** Each field of a oneof, with its least content. */
  private static Map<String, Message> variants(Message.Builder of, int oneof) {
    Map<String, Message> variants = new TreeMap<>();
    for (FieldDescriptor field : of.getDescriptorForType().getOneofs().get(oneof).getFields()) {
      Message.Builder one = of.getDefaultInstanceForType().newBuilderForType();
      one.setField(
          field,
          field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              ? one.newBuilderForField(field).build()
              : field.getDefaultValue());
      variants.put(field.getName(), one.build());
    }
    return variants;
  }

  @Test
  void everyKindOfFrame_isCharged() {
    Map<String, String> charged = new TreeMap<>();
    variants(Frame.newBuilder(), 0)
        .forEach((name, frame) -> charged.put(name, charged((Frame) frame)));
    assertEquals(
        new TreeMap<>(
            Map.ofEntries(
                Map.entry("hello", "1 0 1"),
                Map.entry("deliveries", "1 0 1"),
                Map.entry("receipts", "1 0 0"),
                Map.entry("gap", "1 0 0"),
                Map.entry("notice", "1 0 0"),
                Map.entry("credit", "1 0 0"),
                Map.entry("attachment_part", "1 0 0"),
                Map.entry("attachment_request", "1 0 0"),
                Map.entry("bundle_in_force", "1 0 0"),
                Map.entry("bundle_request", "1 0 0"),
                Map.entry("bundle_part", "1 64 0"),
                Map.entry("freshness", "1 2 0"),
                Map.entry("link_pause", "1 0 0"))),
        charged);
  }

  @Test
  void everyKindOfNotice_isCharged() {
    Map<String, String> charged = new TreeMap<>();
    variants(Notice.newBuilder(), 0)
        .forEach((name, notice) -> charged.put(name, charged((Notice) notice)));
    assertEquals(
        new TreeMap<>(
            Map.of(
                "key_bundle", "0 2 1",
                "watermarks", "0 1 1",
                "void_statement", "0 1 1",
                "key_request", "0 0 1",
                "settled_statement", "0 1 1",
                "signed_notice", "0 13 1")),
        charged);
    Notice.Builder two =
        Notice.newBuilder()
            .setKeyBundle(ByteString.copyFromUtf8("keys"))
            .setFulfilment(ByteString.copyFromUtf8("statement"));
    assertEquals("0 4 1", charged(two.build()));
    assertEquals("0 0 0", charged(two.setTo("sg.police").build()), "it is passed on unread");
    assertEquals("0 4 1", charged(two.setTo(SELF.value()).setHops(1).build()));
  }

  @Test
  void watermarks_areChargedForTheNumbersThatTheyName() {
    ByteString full =
        ByteString.copyFrom(new byte[WatermarkStatement.MAX_HELD * NumberedHeader.BYTES]);
    assertEquals("0 1 65", charged(Notice.newBuilder().setWatermarks(full).build()));
  }

  /** For each number the recipient reads and opens a header. */
  @Test
  void voids_areChargedForTheNumbersThatTheyName() {
    ByteString full =
        ByteString.copyFrom(new byte[VoidStatement.MAX_NUMBERS * NumberedHeader.BYTES]);
    assertEquals("0 257 1", charged(Notice.newBuilder().setVoidStatement(full).build()));
  }

  @Test
  void deliveries_areChargedForTheirSignatures_andForAnnouncementsToThisAgency() {
    Delivery.Builder delivery =
        Delivery.newBuilder()
            .setHeader(ByteString.copyFromUtf8("header"))
            .addStanzas(stanza(SELF.value(), "announcement"))
            .addStanzas(stanza("sg.police", "announcement"));
    Deliveries.Builder all =
        Deliveries.newBuilder()
            .addDeliveries(delivery)
            .addDeliveries(delivery.clone().setStanzas(0, stanza(SELF.value(), "")))
            .addDeliveries(Delivery.newBuilder().setHopSequence(3));
    assertEquals("4 5 1", charged(Frame.newBuilder().setDeliveries(all).build()));
  }

  @Test
  void deliveryThatIsCarried_isChargedToThoseItCameThrough_withTheBindingOfItsStanza() {
    Delivery carried =
        Delivery.newBuilder()
            .setHeader(ByteString.copyFrom(new byte[] {1, 1, 1, 0, 0, 7}))
            .addStanzas(stanza(SELF.value(), "announcement"))
            .addPath("sg.police")
            .addPath("x.hub")
            .build();
    Frame frame =
        Frame.newBuilder().setDeliveries(Deliveries.newBuilder().addDeliveries(carried)).build();
    assertEquals("2 0 1", charged(frame));
    assertEquals(new FrameCost(0, 5, 0, 7), FrameCost.of(carried, SELF));
    Account transit = accounts.of("x.hub");
    assertTrue(FrameCost.of(carried, SELF).charge(transit, List.of("sg.police")));
    assertEquals(5, transit.used(Work.VERIFICATIONS));
    assertEquals(7, transit.used(Work.MESSAGES));
  }

  @Test
  void everyFrame_waitsForWhatIsOwed() {
    Account account = accounts.of("x.hub");
    FrameCost credit =
        FrameCost.of(Frame.newBuilder().setCredit(Credit.newBuilder()).build(), SELF);
    assertEquals(0, credit.charge(account));
    assertTrue(new FrameCost(0, 20_000, 0, 0).charge(account) > 0);
    assertTrue(credit.charge(account) > 0);
  }

  @Test
  void messages_areChargedByTheHeader_ifTheyAreForThisAgency() {
    byte[] header = {1, 1, 1, 0, (byte) 0x0f, (byte) 0xff, 9, 9};
    Delivery.Builder delivery =
        Delivery.newBuilder()
            .setHeader(ByteString.copyFrom(header))
            .addStanzas(stanza(SELF.value(), ""));
    Deliveries.Builder all =
        Deliveries.newBuilder()
            .addDeliveries(delivery)
            .addDeliveries(delivery.clone().setStanzas(0, stanza("sg.police", "")))
            .addDeliveries(delivery.clone().setHeader(ByteString.copyFrom(header, 0, 5)));
    assertEquals(
        0xfff, FrameCost.of(Frame.newBuilder().setDeliveries(all).build(), SELF).messages());
  }

  private static Stanza.Builder stanza(String recipient, String announcement) {
    return Stanza.newBuilder()
        .setRecipient(recipient)
        .setAnnouncement(ByteString.copyFromUtf8(announcement));
  }
}
