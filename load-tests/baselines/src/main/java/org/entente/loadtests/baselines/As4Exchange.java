package org.entente.loadtests.baselines;

import com.helger.base.state.ETriState;
import com.helger.phase4.CAS4;
import com.helger.phase4.crypto.AS4CryptoFactoryInMemoryKeyStore;
import com.helger.phase4.crypto.ECryptoAlgorithmCrypt;
import com.helger.phase4.crypto.ECryptoAlgorithmSign;
import com.helger.phase4.crypto.ECryptoAlgorithmSignDigest;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import com.helger.phase4.incoming.mgr.AS4ProfileSelector;
import com.helger.phase4.mgr.AS4ManagerFactoryInMemory;
import com.helger.phase4.mgr.MetaAS4Manager;
import com.helger.phase4.model.EMEP;
import com.helger.phase4.model.EMEPBinding;
import com.helger.phase4.model.ESoapVersion;
import com.helger.phase4.model.pmode.IPModeIDProvider;
import com.helger.phase4.model.pmode.PMode;
import com.helger.phase4.model.pmode.PModeParty;
import com.helger.phase4.model.pmode.leg.EPModeSendReceiptReplyPattern;
import com.helger.phase4.model.pmode.leg.PModeLeg;
import com.helger.phase4.model.pmode.leg.PModeLegBusinessInformation;
import com.helger.phase4.model.pmode.leg.PModeLegErrorHandling;
import com.helger.phase4.model.pmode.leg.PModeLegProtocol;
import com.helger.phase4.model.pmode.leg.PModeLegSecurity;
import com.helger.phase4.profile.AS4Profile;
import com.helger.phase4.wss.EWSSVersion;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Agreement of both sides of the AS4 exchange: one-way push, signed and encrypted, with a
 * non-repudiation receipt in the answer.
 */
final class As4Exchange {
  static final String PROFILE = "bench";
  static final String AGREEMENT = "bench-agreement";
  static final String SERVICE = "bench-service";
  static final String ACTION = "alert";
  static final String SENDER = "near";
  static final String RECEIVER = "far";
  static final String PATH = "/as4";

  /** Strongly referenced: a garbage-collected logger loses its level. */
  private static final Logger SIGNATURES = Logger.getLogger("org.apache.jcp.xml.dsig");

  private As4Exchange() {}

  /** Tells phase4; its global scope has begun. */
  static void register(String address) {
    // Warns of each attachment, whose digest is made elsewhere.
    SIGNATURES.setLevel(Level.SEVERE);
    MetaAS4Manager.setFactory(new AS4ManagerFactoryInMemory());
    MetaAS4Manager.getProfileMgr()
        .registerProfile(
            new AS4Profile(
                PROFILE,
                "Benchmark",
                () -> null,
                (initiator, responder, to) -> mode(address),
                IPModeIDProvider.DEFAULT_DYNAMIC,
                false,
                false));
    AS4ProfileSelector.setCustomDefaultAS4ProfileID(PROFILE);
    MetaAS4Manager.getPModeMgr().createOrUpdatePMode(mode(address));
  }

  /** The processing mode. */
  static PMode mode(String address) {
    PModeParty initiator = PModeParty.createSimple(SENDER, CAS4.DEFAULT_INITIATOR_URL);
    PModeParty responder = PModeParty.createSimple(RECEIVER, CAS4.DEFAULT_RESPONDER_URL);
    PModeLeg leg =
        new PModeLeg(
            new PModeLegProtocol(address, ESoapVersion.SOAP_12),
            PModeLegBusinessInformation.create(SERVICE, ACTION, null, CAS4.DEFAULT_MPC_ID),
            new PModeLegErrorHandling(
                null, null, ETriState.TRUE, ETriState.TRUE, ETriState.TRUE, ETriState.TRUE),
            null,
            security());
    return new PMode(
        IPModeIDProvider.DEFAULT_DYNAMIC.getPModeID(initiator, responder),
        initiator,
        responder,
        AGREEMENT,
        EMEP.ONE_WAY,
        EMEPBinding.PUSH,
        leg,
        null,
        null,
        null);
  }

  private static PModeLegSecurity security() {
    PModeLegSecurity security = new PModeLegSecurity();
    security.setWSSVersion(EWSSVersion.WSS_111);
    security.setX509SignatureAlgorithm(ECryptoAlgorithmSign.RSA_SHA_256);
    security.setX509SignatureHashFunction(ECryptoAlgorithmSignDigest.DIGEST_SHA_256);
    security.setX509EncryptionAlgorithm(ECryptoAlgorithmCrypt.AES_128_GCM);
    security.setPModeAuthorize(false);
    security.setSendReceipt(true);
    security.setSendReceiptNonRepudiation(true);
    security.setSendReceiptReplyPattern(EPModeSendReceiptReplyPattern.RESPONSE);
    return security;
  }

  /** Both sides have the same key, and trust it. */
  static IAS4CryptoFactory crypto(Keys keys) throws IOException, GeneralSecurityException {
    return crypto(keys.open());
  }

  static IAS4CryptoFactory crypto(KeyStore store) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(Keys.ALIAS, store.getCertificate(Keys.ALIAS));
    return new AS4CryptoFactoryInMemoryKeyStore(
        store, Keys.ALIAS, Keys.PASSWORD.toCharArray(), trusted);
  }
}
