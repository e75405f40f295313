import com.google.protobuf.*;
import com.google.rpc.ErrorInfo;
import io.grpc.*;
import io.grpc.protobuf.StatusProto;
import java.io.File;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import org.entente.proto.v1.*;

/** A client in Java. */
public final class QuickStart {
  public static void main(String[] args) throws Exception {
    if (args.length == 0 || args.length != Map.of("publish", 5, "receive", 4, "track", 4).getOrDefault(args[0], 0)) {
      exit("QuickStart (publish RECIPIENT KEY | receive CURSOR | track MESSAGE) HOST:PORT FOLDER");
    }
    try {
      call(args, new File(args[args.length - 1]));
    } catch (StatusException e) {
      String code = e.getStatus().getCode().name(); // of gRPC itself; the gateway gives its own
      for (Any detail : StatusProto.fromThrowable(e).getDetailsList()) {
        code = detail.is(ErrorInfo.class) ? detail.unpack(ErrorInfo.class).getReason() : code;
      }
      String said = String.valueOf(e.getStatus().getDescription());
      exit(said.startsWith(code) ? said : code + ": " + said);
    } catch (IOException | IllegalArgumentException e) { exit(e.getMessage()); } // of a file, or of an id
  }
  private static void exit(String why) { System.err.println(why); System.exit(1); }
  private static void call(String[] args, File folder) throws Exception {
    var credentials = TlsChannelCredentials.newBuilder().trustManager(new File(folder, "ca.crt"))
        .keyManager(new File(folder, "tls.crt"), new File(folder, "tls.key")).build();
    ManagedChannel channel = Grpc.newChannelBuilder(args[args.length - 2], credentials).build();
    try {
      switch (args[0]) {
        case "publish" -> publish(channel, args[1], args[2]);
        case "receive" -> receive(channel, args[1]);
        default -> EvidenceGrpc.newBlockingV2Stub(channel)
            .track(TrackRequest.newBuilder().setMessageId(ByteString.fromHex(args[1])).build()).getRecipientsList()
            .forEach(at -> System.out.println(at.getAgency() + " " + at.getProgress()));
      }
    } finally { channel.shutdownNow(); }
  }
  private static void publish(Channel channel, String recipient, String key) throws Exception {
    var draft = Draft.newBuilder().setIdempotencyKey(key); // the same draft under the same key goes out once
    draft.getLabelBuilder().setKind(Kind.KIND_ALERT).setCategory(Category.CATEGORY_IPR)
        .setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL).setSeverity(Severity.SEVERITY_SEVERE)
        .setClassification(Classification.CLASSIFICATION_RESTRICTED);
    draft.getBodyBuilder().getAlertBuilder().addTextsBuilder().setLanguage("en").setHeadline("Counterfeit brake pads");
    draft.getToBuilder().addAgencies(recipient);
    var request = PublishRequest.newBuilder().setDraft(draft).build();
    Outcome outcome = PublisherGrpc.newBlockingV2Stub(channel).publish(request).getOutcome();
    print(outcome.getMessageId(), outcome.getResultCase().name().toLowerCase()); // accepted: it is on the gateway's disk
    outcome.getAccepted().getPermitsList().forEach(p -> System.out.println("to " + p.getAgency() + " under " + p.getAgreement()));
    var refusals = outcome.hasRefused() ? outcome.getRefused().getRefusalsList() : outcome.getAccepted().getRefusalsList();
    refusals.forEach(r -> System.out.println("not to " + r.getAgency() + ": " + r.getCode() + ": " + r.getReason()));
  }
  private static void receive(Channel channel, String cursor) throws Exception {
    var stream = SubscriberGrpc.newBlockingV2Stub(channel).subscribe();
    stream.write(SubscribeRequest.newBuilder().setOpen(OpenCursor.newBuilder().setCursor(cursor)).build());
    for (SubscribeResponse next = stream.read(); next != null; next = stream.read()) {
      if (next.hasDelivery()) { // here you store it, unless you have its id
        print(next.getDelivery().getLabel().getMessageId(), "from " + next.getDelivery().getLabel().getOrigin());
        var ack = Acknowledge.newBuilder().setPosition(next.getDelivery().getPosition());
        stream.write(SubscribeRequest.newBuilder().setAck(ack).build());
      } else if (next.hasCaughtUp()) { stream.halfClose(); } // the gateway ends the stream once acknowledgements are durable
    }
  }
  private static void print(ByteString id, String text) { System.out.println(HexFormat.of().formatHex(id.toByteArray()) + " " + text); }
}
