package org.entente.loadtests.baselines;

import com.helger.mime.CMimeType;
import com.helger.phase4.CAS4;
import com.helger.phase4.attachment.AS4OutgoingAttachment;
import com.helger.phase4.attachment.IAS4IncomingAttachmentFactory;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.client.AS4ClientUserMessage;
import com.helger.phase4.crypto.ECryptoAlgorithmCrypt;
import com.helger.phase4.crypto.ECryptoAlgorithmSign;
import com.helger.phase4.crypto.ECryptoAlgorithmSignDigest;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.incoming.AS4IncomingReceiverConfiguration;
import com.helger.phase4.incoming.crypto.AS4IncomingSecurityConfiguration;
import com.helger.phase4.model.ESoapVersion;
import com.helger.phase4.model.message.MessageHelperMethods;
import com.helger.phase4.model.pmode.PMode;
import com.helger.phase4.model.pmode.resolve.AS4DefaultPModeResolver;
import com.helger.phase4.sender.AS4BidirectionalClientHelper;
import com.helger.phase4.sender.IAS4SignalMessageValidationResultHandler;
import com.helger.phase4.util.AS4ResourceHelper;
import com.helger.scope.mgr.ScopeManager;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MessageSender;

/**
 * AS4 by phase4: each message is a call that is signed, encrypted, and answered by a signed
 * receipt, which the sender verifies; the message counts as arrived then.
 */
final class As4 {
  private static final int FEW = 1;
  private static final int SOME = 4;
  private static final int MANY = 8;
  private static final int LOW_RATE = 10;

  private final String address;
  private final IAS4CryptoFactory crypto;
  private final PMode mode;
  private final MeasuredContent content = new MeasuredContent(Task.BYTES);
  private final Arrivals arrivals = new Arrivals();

  private As4(String address, IAS4CryptoFactory crypto) {
    this.address = address;
    this.crypto = crypto;
    this.mode = As4Exchange.mode(address);
  }

  /** Measures; see {@link Task} for the arguments. */
  public static void main(String[] arguments) throws Exception {
    Task task = Task.of(arguments);
    Keys keys = Keys.rsa(task.folder());
    int port = Child.freePort();
    ExecutorService senders = Executors.newFixedThreadPool(MANY);
    ScopeManager.onGlobalBegin("bench");
    String address = "http://127.0.0.1:" + port + As4Exchange.PATH;
    As4Exchange.register(address);
    try (Child receiver =
        Child.java(As4Receiver.class, Integer.toString(port), keys.store().toString())) {
      As4 as4 = new As4(address, As4Exchange.crypto(keys));
      MessageSender sender =
          (first, count) -> {
            for (int i = 0; i < count; i++) {
              long number = first + i;
              senders.execute(() -> as4.send(number));
            }
          };
      Answer answer =
          new Answer(
              "phase4-lib 4.4.1 in Jetty 12; its client opens a connection for each message");
      answer.saturate("rate", MANY + " senders", sender, as4.arrivals, MANY, task);
      answer.saturate("rate.4", SOME + " senders", sender, as4.arrivals, SOME, task);
      answer.saturate("rate.1", FEW + " sender", sender, as4.arrivals, FEW, task);
      answer.pace(sender, as4.arrivals, LOW_RATE, task);
      answer.print();
    }
    System.exit(0);
  }

  private void send(long number) {
    try (AS4ResourceHelper resources = new AS4ResourceHelper()) {
      AS4ClientUserMessage message = message(resources, number);
      AS4BidirectionalClientHelper.sendAS4UserMessageAndReceiveAS4SignalMessage(
          crypto,
          crypto,
          new AS4DefaultPModeResolver(As4Exchange.PROFILE),
          IAS4IncomingAttachmentFactory.DEFAULT_INSTANCE,
          new AS4IncomingProfileSelectorConstant(As4Exchange.PROFILE, false),
          message,
          Locale.ROOT,
          address,
          null,
          null,
          null,
          AS4IncomingSecurityConfiguration.createDefaultInstance(),
          new AS4IncomingReceiverConfiguration(),
          null,
          null,
          null,
          new Receipt(number));
    } catch (Exception e) {
      arrivals.failed("an AS4 message was not sent: " + e);
    }
  }

  private AS4ClientUserMessage message(AS4ResourceHelper resources, long number) throws Exception {
    AS4ClientUserMessage message = new AS4ClientUserMessage(resources);
    message.setSoapVersion(ESoapVersion.SOAP_12);
    message.setPMode(mode, true);
    message.setAgreementRefValue(As4Exchange.AGREEMENT);
    message.setServiceValue(As4Exchange.SERVICE);
    message.setAction(As4Exchange.ACTION);
    message.setConversationID(MessageHelperMethods.createRandomConversationID());
    message.setFromRole(CAS4.DEFAULT_INITIATOR_URL).setFromPartyID(As4Exchange.SENDER);
    message.setToRole(CAS4.DEFAULT_RESPONDER_URL).setToPartyID(As4Exchange.RECEIVER);
    message.addAttachment(
        WSS4JAttachment.createOutgoingFileAttachment(
            new AS4OutgoingAttachment.Builder()
                .data(content.of(number, 1))
                .mimeType(CMimeType.APPLICATION_OCTET_STREAM)
                .build(),
            resources));
    message.setCryptoFactory(crypto);
    message
        .signingParams()
        .setAlgorithmSign(ECryptoAlgorithmSign.RSA_SHA_256)
        .setAlgorithmSignDigest(ECryptoAlgorithmSignDigest.DIGEST_SHA_256);
    message.cryptParams().setAlgorithmCrypt(ECryptoAlgorithmCrypt.AES_128_GCM).setAlias(Keys.ALIAS);
    return message;
  }

  /** Whether there is a verified receipt for the sent message. */
  private final class Receipt implements IAS4SignalMessageValidationResultHandler {
    private final long number;

    Receipt(long number) {
      this.number = number;
    }

    @Override
    public void onSuccess() {
      arrivals.arrived(number);
    }

    @Override
    public void onError(String what) {
      arrivals.failed("a receipt is wrong: " + what);
    }

    @Override
    public void onNotApplicable() {
      arrivals.failed("an answer is no receipt");
    }
  }
}
