(SELECT *, SUBSTRING(MD5(CAST("user id" AS TEXT)), 1, 3) AS "leadline_bucket" FROM "ab"."units" WHERE CAST("variant" AS TEXT) = 'it''s') AS "derived"
