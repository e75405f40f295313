package org.entente.gateway.policy.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
