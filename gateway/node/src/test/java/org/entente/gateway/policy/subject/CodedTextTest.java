package org.entente.gateway.policy.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** IBANs are the examples of the IBAN Registry that SWIFT publishes under ISO 13616. */
class CodedTextTest {
  @ParameterizedTest
  @CsvSource({
    "CONTAINER, CSQU3054383",
    "CONTAINER, TEXU3070079",
    "CONTAINER, MSKU9070323",
    "CONTAINER, MSCU6639870",
    "MRN, 24FRD0012345678901",
    "AIR_WAYBILL, 02012345675",
    "AIR_WAYBILL, 17250012340",
    "BILL_OF_LADING, MAEU-123/4.5",
    "UCR, 9GB123456789000-INV1",
    "VESSEL, 9074729",
    "PLACE, FRLEH",
    "PLACE, USLA9",
    "VIN, 1HGCM82633A004352",
    "LEI, 5493001KJTIIGC8Y1R12",
    "LEI, 529900T8BM49AURSDO55",
    "HS_CODE, 64",
    "HS_CODE, 6402999100",
    "COUNTRY, FR",
    "JURISDICTION, US-CA",
    "JURISDICTION, FR-75",
    "JURISDICTION_OR_GROUP, RILO-WE",
    "LANGUAGE, fr-CA",
    "LANGUAGE, zh-Hant-TW",
    "MEDIA_TYPE, application/pdf",
    "MEDIA_TYPE, application/vnd.oasis.opendocument.text",
    "QUANTITY, 0",
    "QUANTITY, 12.500",
    "UNIT, KGM",
    "AIRCRAFT_REGISTRATION, F-GSPS",
    "AIRCRAFT_REGISTRATION, N123AB",
    "AIRCRAFT_REGISTRATION, VP-B-AB",
    "ICAO_ADDRESS, 3944EF",
    "PHONE, +442071838750",
    "PHONE, +6834000",
    "PHONE, +123456789012345",
    "IBAN, GB29NWBK60161331926819",
    "IBAN, DE89370400440532013000",
    "IBAN, FR1420041010050500013M02606",
    "IBAN, NO9386011117947",
    "IBAN, MT84MALT011000012345MTLCAST001S",
    "SEAL, MLCA-0012345",
    "SAFE_NUMBER, FRAEOF00000123",
    "CURRENCY, EUR",
    "PARTIAL_DATE, 1980",
    "PARTIAL_DATE, 1980-02",
    "PARTIAL_DATE, 1980-02-29",
  })
  void text_ofTheForm_isValid(CodedText kind, String text) {
    assertTrue(kind.valid(text));
  }

  @ParameterizedTest
  @CsvSource({
    "CONTAINER, TEXU3070070",
    "CONTAINER, CSQU3054384",
    "CONTAINER, csqu3054383",
    "CONTAINER, CSQX3054383",
    "CONTAINER, CSQU305438",
    "MRN, 24FR0012345678901",
    "MRN, FR24D0012345678901",
    "AIR_WAYBILL, 02012345676",
    "AIR_WAYBILL, 020-12345675",
    "BILL_OF_LADING, a b",
    "BILL_OF_LADING, ''",
    "UCR, 123456789012345678901234567890123456",
    "VESSEL, 9074728",
    "VESSEL, IMO9074729",
    "PLACE, FRLE1",
    "PLACE, FRLE",
    "VIN, 1HGCM82633A00435O",
    "VIN, 1HGCM82633A00435",
    "LEI, 5493001KJTIIGC8Y1R13",
    "HS_CODE, 6",
    "HS_CODE, 64029991001",
    "COUNTRY, fr",
    "COUNTRY, FRA",
    "JURISDICTION, US-CALI",
    "JURISDICTION_OR_GROUP, eu",
    "LANGUAGE, e",
    "LANGUAGE, fr_CA",
    "LANGUAGE, ''",
    "MEDIA_TYPE, text/plain",
    "MEDIA_TYPE, application/",
    "MEDIA_TYPE, application/json; charset=utf-8",
    "QUANTITY, -1",
    "QUANTITY, 1.",
    "QUANTITY, 1e5",
    "UNIT, kgm",
    "AIRCRAFT_REGISTRATION, F--GSPS",
    "AIRCRAFT_REGISTRATION, F-GSPS-",
    "AIRCRAFT_REGISTRATION, f-gsps",
    "AIRCRAFT_REGISTRATION, ABCDEFGHIJK",
    "ICAO_ADDRESS, 000000",
    "ICAO_ADDRESS, FFFFFF",
    "ICAO_ADDRESS, 3944ef",
    "ICAO_ADDRESS, 3944E",
    "PHONE, 00442071838750",
    "PHONE, +042071838750",
    "PHONE, +44 207 183 8750",
    "PHONE, +1234567890123456",
    "PHONE, +123456",
    "IBAN, GB29NWBK60161331926818",
    "IBAN, GB29 NWBK 6016 1331 9268 19",
    "IBAN, DE8937040044053201300",
    "IBAN, gb29nwbk60161331926819",
    "SEAL, ''",
    "SEAL, a b",
    "SAFE_NUMBER, -1",
    "CURRENCY, eur",
    "CURRENCY, EURO",
    "PARTIAL_DATE, 1980-13",
    "PARTIAL_DATE, 1981-02-29",
    "PARTIAL_DATE, 80",
  })
  void text_notOfTheForm_isInvalid(CodedText kind, String text) {
    assertFalse(kind.valid(text));
  }

  @Test
  void container_anyDigitChanged_isInvalid() {
    String good = "CSQU3054383";
    int undetected = 0;
    for (int at = 4; at < good.length(); at++) {
      for (char sign = '0'; sign <= '9'; sign++) {
        String changed = good.substring(0, at) + sign + good.substring(at + 1);
        undetected += !changed.equals(good) && CodedText.CONTAINER.valid(changed) ? 1 : 0;
      }
    }
    assertEquals(0, undetected);
  }

  /** 00, 01 and 99 stand for the remainders 97, 98 and 2, which are written as 97, 98 and 02. */
  @Test
  void iban_hasOnePairOfCheckDigitsForEachNumber() {
    for (int number = 0; number < 97; number++) {
      String account = "NWBK601613319268%02d".formatted(number);
      int valid = 0;
      for (int digits = 0; digits < 100; digits++) {
        valid += CodedText.IBAN.valid("GB%02d%s".formatted(digits, account)) ? 1 : 0;
      }
      assertEquals(1, valid, account);
    }
  }

  @Test
  void iban_twoNeighboursExchanged_isInvalid() {
    String good = "GB29NWBK60161331926819";
    for (int at = 4; at + 1 < good.length(); at++) {
      if (good.charAt(at) != good.charAt(at + 1)) {
        String changed =
            good.substring(0, at) + good.charAt(at + 1) + good.charAt(at) + good.substring(at + 2);
        assertFalse(CodedText.IBAN.valid(changed), changed);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void text_random_neverThrows(CodedText kind) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String signs = "AZUazù019/-.+ \n\u0000٣Ⅷ";
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(25); n > 0; n--) {
        text.append(signs.charAt(random.nextInt(signs.length())));
      }
      try {
        boolean valid = kind.valid(text.toString());
        assertFalse(valid && text.chars().anyMatch(c -> c < ' ' || c > '~'), text.toString());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", text " + text, e);
      }
    }
  }
}
